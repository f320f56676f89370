"""Floor 4: the command `runmock`; one module a command."""

from runmock.cli.command import main

__all__ = ["main"]
