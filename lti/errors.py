"""Every way a launch can be refused, in plain words, with what to do next.

A refusal is a page with a reference number: no session, nothing stored about the person, one log line.
"""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _


class Reason(StrEnum):
    """Why something was refused. The value stands in the log beside the reference number."""

    LOGIN_INCOMPLETE = "login_incomplete"
    UNKNOWN_PLATFORM = "unknown_platform"
    FOREIGN_TARGET = "foreign_target"
    STATE_UNKNOWN = "state_unknown"
    STATE_USED = "state_used"
    OTHER_BROWSER = "other_browser"
    TOKEN_INVALID = "token_invalid"
    TOKEN_EXPIRED = "token_expired"
    KEYS_UNREACHABLE = "keys_unreachable"
    MESSAGE_INVALID = "message_invalid"
    NOT_SIGNED_IN = "not_signed_in"
    DEPLOYMENT_WAITING = "deployment_waiting"
    PERSON_INACTIVE = "person_inactive"
    PLATFORM_ERROR = "platform_error"
    INVITATION_INVALID = "invitation_invalid"
    REGISTRATION_FAILED = "registration_failed"


class LaunchRefused(Exception):
    """The launch cannot go on. `detail` is for the log and never holds personal data.

    `return_url` is set only once the platform's signature has been verified.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
        self.return_url: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a person reads: what is so, why, and the first thing to do."""

    status: int
    heading: str
    reason: str
    advice: str


_OPEN_AGAIN = _("Go back to your course and open the activity from there.")
_TELL_ADMIN = _("Tell the people who run your learning platform the number below.")
_NOT_YOUR_FAULT = _("This did not open, and it is not your fault")

WORDS: dict[Reason, Words] = {
    Reason.LOGIN_INCOMPLETE: Words(
        400,
        _("This address starts a visit from a course"),
        _("It needs details that only your learning platform can send, and some of them were missing."),
        _OPEN_AGAIN,
    ),
    Reason.UNKNOWN_PLATFORM: Words(
        400,
        _("This learning platform is not connected yet"),
        _("Leadline does not know the platform you came from, or knows it under another client id."),
        _("Ask the people who run your learning platform to connect Leadline."),
    ),
    Reason.FOREIGN_TARGET: Words(
        400,
        _NOT_YOUR_FAULT,
        _("The activity points to an address that is not Leadline's."),
        _("Ask your course team to add the activity again."),
    ),
    Reason.STATE_UNKNOWN: Words(
        400,
        _NOT_YOUR_FAULT,
        _("The link from your course works for ten minutes, and this visit does not belong to one we know."),
        _OPEN_AGAIN,
    ),
    Reason.STATE_USED: Words(
        400,
        _NOT_YOUR_FAULT,
        _(
            "The link from your course can be used once, for a few minutes. This one had been used already. "
            "That happens after going back, reloading, or opening a copied address."
        ),
        _OPEN_AGAIN,
    ),
    Reason.OTHER_BROWSER: Words(
        400,
        _NOT_YOUR_FAULT,
        _("This visit was begun in another browser, or your browser did not keep our cookie."),
        _OPEN_AGAIN,
    ),
    Reason.TOKEN_INVALID: Words(
        400,
        _NOT_YOUR_FAULT,
        _("The message from your learning platform could not be verified."),
        _OPEN_AGAIN,
    ),
    Reason.TOKEN_EXPIRED: Words(
        400,
        _NOT_YOUR_FAULT,
        _("The message from your learning platform was too old, or one of the two clocks is wrong."),
        _OPEN_AGAIN,
    ),
    Reason.KEYS_UNREACHABLE: Words(
        400,
        _NOT_YOUR_FAULT,
        _("Your learning platform's keys could not be read just now, so its message could not be verified."),
        _("Wait a minute, then open the activity from your course again."),
    ),
    Reason.MESSAGE_INVALID: Words(
        400,
        _NOT_YOUR_FAULT,
        _("The message from your learning platform lacked something that Leadline needs."),
        _TELL_ADMIN,
    ),
    Reason.NOT_SIGNED_IN: Words(
        400,
        _("Sign in to your learning platform first"),
        _("The course is open to visitors, and your platform did not tell us who you are."),
        _("Sign in there, then open the activity again."),
    ),
    Reason.DEPLOYMENT_WAITING: Words(
        403,
        _("Leadline is not switched on here yet"),
        _("It was added to a new place in your learning platform, and an administrator has to accept that."),
        _("Ask the people who run Leadline to accept the new deployment."),
    ),
    Reason.PERSON_INACTIVE: Words(
        403,
        _("Your account is closed"),
        _("Your organization told us that you no longer take part."),
        _("Ask your L&D team if that is wrong."),
    ),
    Reason.PLATFORM_ERROR: Words(
        400,
        _("Your learning platform stopped the visit"),
        _("It said that it could not sign you in to Leadline."),
        _OPEN_AGAIN,
    ),
    Reason.INVITATION_INVALID: Words(
        400,
        _("This registration link does not work any more"),
        _("A link can be used once, within seven days. This one was used, is too old, or is incomplete."),
        _("Ask the people who run Leadline for a new one: leadline platform invite"),
    ),
    Reason.REGISTRATION_FAILED: Words(
        400,
        _("The platform could not be connected"),
        _("Nothing was changed in Leadline. The reason is below."),
        _(
            "If the platform lists Leadline as a tool already, remove it there. Then begin again: "
            "the registration link still works."
        ),
    ),
}
