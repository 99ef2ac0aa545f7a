"""The command line: python -m data --help."""

from data import (  # noqa: F401 (their rows)
    attack_commands,
    people_commands,
    release_commands,
)
from data.commands import app

if __name__ == "__main__":
    app()
