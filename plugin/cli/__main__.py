"""`python -m plugin.cli`: the command, for a process that starts itself again."""

from plugin.cli.main import main

main()
