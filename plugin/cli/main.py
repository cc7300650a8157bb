"""The command `leadline`."""

import importlib
import importlib.util

import click

from plugin.cli.console import Commands
from plugin.cli.database import db
from plugin.cli.grades import grades
from plugin.cli.organization import organization
from plugin.cli.people import people
from plugin.cli.platforms import platform
from plugin.cli.scim import scim
from plugin.cli.serve import serve
from plugin.cli.settings import settings
from plugin.cli.worker import beat, worker

DEMO = "plugin.cli.demo"  # imported only when asked for: it brings the sandbox LMS along


class Leadline(Commands):
    """All commands. `demo` is there when its module is."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name the commands."""
        extra = ["demo"] if importlib.util.find_spec(DEMO) else []
        return sorted([*super().list_commands(context), *extra])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Find a command by name."""
        if name != "demo" or not importlib.util.find_spec(DEMO):
            return super().get_command(context, name)
        found: click.Command = importlib.import_module(DEMO).demo
        return found


@click.group(cls=Leadline, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Leadership action learning inside Canvas and Moodle."""


for command in (beat, db, grades, organization, people, platform, scim, serve, settings, worker):
    main.add_command(command)
