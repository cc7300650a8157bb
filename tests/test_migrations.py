"""Migrations: one head, there and back, and no difference to the models, on this run's database."""

from plugin import migrate
from plugin.db import Database


def test_there_is_one_head() -> None:
    assert len(migrate.heads()) == 1


def test_up_down_up_and_the_models_agree(migrated: Database) -> None:
    migrate.downgrade(migrated, "base")
    assert not migrate.is_current(migrated)
    migrate.upgrade(migrated)
    assert migrate.is_current(migrated)
    assert migrate.differences(migrated) == []
