"""`python -m runmock` is the command."""

from runmock.cli import main

if __name__ == "__main__":
    main(prog_name="runmock")
