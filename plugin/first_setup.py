"""Where the first set-up begins: an address that `leadline serve` prints.

It holds a token made from LEADLINE_SECRET_KEY and works only while there is no organization: whoever can
read the server's output may set it up. Later organizations are added by `leadline organization add`.
"""

import hmac

from sqlalchemy import exists, select

from courses.people.models import Organization
from plugin.config import Config
from plugin.db import Database


def setup_token(config: Config) -> str:
    """Make the token of this installation's set-up page."""
    return hmac.digest(config.secret_key.encode(), b"leadline first set-up", "sha256").hex()[:32]


def setup_url(config: Config, database: Database) -> str | None:
    """Return where to begin, None once there is an organization."""
    with database.reading() as session:
        begun = session.scalar(select(exists().where(Organization.id.is_not(None))))
    return None if begun else f"{config.base_url}/setup/{setup_token(config)}"
