"""What the domain can refuse, without a word of HTTP. Each edge has one table that maps these."""


class DomainError(Exception):
    """Base of all refusals. The message says what happened, to which thing, and what to do."""


class NotFound(DomainError):
    """There is no such thing, or it belongs to another organization."""


class Conflict(DomainError):
    """Somebody else changed it, or it exists already."""


class Refused(DomainError):
    """The rules do not allow it; the message says what would be allowed."""
