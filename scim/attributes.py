"""The attributes of SCIM resources, as one table: what is accepted, stored, filtered, returned, announced.

https://www.rfc-editor.org/rfc/rfc7643#section-2.2 gives the characteristics, sections 4.1 to 4.3 the
attributes.
The table is small on purpose: Entra expects to get back whatever discovery lists.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class ResourceType(StrEnum):
    """The two kinds of resource. The value is the name on the wire (`meta.resourceType`)."""

    USER = "User"
    GROUP = "Group"


class Kind(StrEnum):
    """Data types. The value is the name on the wire; a DATE is announced as a string."""

    STRING = "string"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DATETIME = "dateTime"
    REFERENCE = "reference"
    COMPLEX = "complex"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute or sub-attribute. `column` names one in scim.models; without, no filter and no sort."""

    name: str
    kind: Kind = Kind.STRING
    column: str | None = None
    multi: bool = False
    case_exact: bool = False
    required: bool = False
    mutability: str = "readWrite"
    returned: str = "default"
    uniqueness: str = "none"
    canonical: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    bounds: tuple[int, int] | None = None
    subs: tuple["Attribute", ...] = ()
    announced: bool = True
    by_name: dict[str, "Attribute"] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {sub.name.lower(): sub for sub in self.subs})

    def sub(self, name: str) -> "Attribute | None":
        """Find a sub-attribute, ignoring case."""
        return self.by_name.get(name.lower())


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema: its URN, and the attributes that live under it."""

    urn: str
    name: str
    description: str
    attributes: tuple[Attribute, ...]
    by_name: dict[str, Attribute] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        by_name = {attribute.name.lower(): attribute for attribute in self.attributes}
        object.__setattr__(self, "by_name", by_name)


def _elements(name: str, *subs: Attribute) -> Attribute:
    """Make a multi-valued complex attribute; `type` and `primary` come with it."""
    ends = (Attribute("type", column="type"), Attribute("primary", Kind.BOOLEAN, "primary"))
    return Attribute(name, Kind.COMPLEX, multi=True, subs=(*subs, *ends))


_READ_ONLY = "readOnly"
_VALUE = Attribute("value", column="value")

EXTERNAL_ID = Attribute("externalId", column="external_id", case_exact=True)
PASSWORD = Attribute("password", mutability="writeOnly", returned="never", announced=False)

META = Attribute(
    "meta",
    Kind.COMPLEX,
    mutability=_READ_ONLY,
    subs=(
        Attribute("resourceType", column="resource_type", case_exact=True, mutability=_READ_ONLY),
        Attribute("created", Kind.DATETIME, "created_at", mutability=_READ_ONLY),
        Attribute("lastModified", Kind.DATETIME, "modified_at", mutability=_READ_ONLY),
        Attribute("location", Kind.REFERENCE, case_exact=True, mutability=_READ_ONLY),
        Attribute("version", case_exact=True, mutability=_READ_ONLY),
    ),
)

# Common attributes (RFC 7643 section 3.1): every resource has them, and no schema announces them.
COMMON = Schema(
    "",
    "Common",
    "What every resource has",
    (
        Attribute(
            "schemas",
            Kind.REFERENCE,
            "schemas",
            multi=True,
            case_exact=True,
            mutability=_READ_ONLY,
            returned="always",
        ),
        Attribute("id", column="id", case_exact=True, mutability=_READ_ONLY, returned="always"),
        EXTERNAL_ID,
        META,
    ),
)

_NAME = Attribute(
    "name",
    Kind.COMPLEX,
    subs=(
        Attribute("formatted", column="name_formatted"),
        Attribute("familyName", column="name_family_name"),
        Attribute("givenName", column="name_given_name"),
        Attribute("middleName", column="name_middle_name"),
        Attribute("honorificPrefix", column="name_honorific_prefix"),
        Attribute("honorificSuffix", column="name_honorific_suffix"),
    ),
)
_ADDRESS = (
    Attribute("formatted", column="formatted"),
    Attribute("streetAddress", column="street_address"),
    Attribute("locality", column="locality"),
    Attribute("region", column="region"),
    Attribute("postalCode", column="postal_code"),
    Attribute("country", column="country"),
)
_GROUPS = Attribute(
    "groups",
    Kind.COMPLEX,
    multi=True,
    mutability=_READ_ONLY,
    subs=(
        Attribute("value", column="group_id", case_exact=True, mutability=_READ_ONLY),
        Attribute(
            "$ref", Kind.REFERENCE, case_exact=True, mutability=_READ_ONLY, references=(ResourceType.GROUP,)
        ),
        Attribute("display", column="display_name", mutability=_READ_ONLY),
    ),
)

USER = Schema(
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "User",
    "A person",
    (
        Attribute("userName", column="user_name", required=True, uniqueness="server"),
        _NAME,
        Attribute("displayName", column="display_name"),
        Attribute("nickName", column="nick_name"),
        Attribute("profileUrl", Kind.REFERENCE, "profile_url", case_exact=True, references=("external",)),
        Attribute("title", column="title"),
        Attribute("userType", column="user_type"),
        Attribute("preferredLanguage", column="preferred_language"),
        Attribute("locale", column="locale"),
        Attribute("timezone", column="timezone"),
        Attribute("active", Kind.BOOLEAN, "active"),
        PASSWORD,
        _elements("emails", _VALUE),
        _elements("phoneNumbers", _VALUE),
        _elements("addresses", *_ADDRESS),
        _elements("roles", _VALUE, Attribute("display", column="display")),
        _GROUPS,
    ),
)

MANAGER = Attribute(
    "manager",
    Kind.COMPLEX,
    subs=(
        Attribute("value", column="manager_value", case_exact=True),
        Attribute(
            "$ref", Kind.REFERENCE, case_exact=True, mutability=_READ_ONLY, references=(ResourceType.USER,)
        ),
        Attribute("displayName", mutability=_READ_ONLY),
    ),
)
ENTERPRISE = Schema(
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "EnterpriseUser",
    "What an employer knows about a person",
    (
        Attribute("employeeNumber", column="employee_number"),
        Attribute("costCenter", column="cost_center"),
        Attribute("organization", column="organization"),
        Attribute("division", column="division"),
        Attribute("department", column="department"),
        MANAGER,
    ),
)

LEADERSHIP = Schema(
    "urn:leadline:params:scim:schemas:extension:leadership:2.0:User",
    "LeadershipUser",
    "What Leadline needs to place a person in a leadership programme",
    (
        Attribute("leadershipLevel", Kind.INTEGER, "leadership_level", bounds=(1, 5)),
        Attribute(
            "employmentStatus", column="employment_status", canonical=("active", "leave", "terminated")
        ),
        Attribute("hireDate", Kind.DATE, "hire_date"),
    ),
)

MEMBERS = Attribute(
    "members",
    Kind.COMPLEX,
    multi=True,
    subs=(
        Attribute("value", column="value", case_exact=True, mutability="immutable"),
        Attribute(
            "$ref",
            Kind.REFERENCE,
            case_exact=True,
            mutability="immutable",
            references=(ResourceType.USER, ResourceType.GROUP),
        ),
        Attribute("type", mutability="immutable", canonical=(ResourceType.USER, ResourceType.GROUP)),
        Attribute("display", mutability=_READ_ONLY, announced=False),
    ),
)
GROUP = Schema(
    "urn:ietf:params:scim:schemas:core:2.0:Group",
    "Group",
    "People who belong together",
    (Attribute("displayName", column="display_name", required=True, uniqueness="server"), MEMBERS),
)
