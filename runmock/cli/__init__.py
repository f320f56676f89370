"""Floor 6: the command `runmock`; one module for each command."""

from runmock.cli.command import main

__all__ = ["main"]
