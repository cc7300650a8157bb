"""`leadline settings`: all settings, as docs/settings.md shows them."""

import click

from plugin.cli.console import json_option, show
from plugin.config import settings_page


@click.command()
@json_option
def settings(*, as_json: bool) -> None:
    """Print the settings page, which docs/settings.md is made from."""
    page = settings_page()
    show({"page": page}, page.rstrip("\n"), as_json=as_json)
