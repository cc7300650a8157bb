"""Numbers that a person can read out and an admin can find in the log, such as 7F3K-92QD."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else


def reference() -> str:
    """Make one. About 10^11 are possible: enough to find one event in a log, not meant to be secret."""
    text = "".join(secrets.choice(ALPHABET) for _position in range(8))
    return f"{text[:4]}-{text[4:]}"
