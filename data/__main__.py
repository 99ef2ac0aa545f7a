"""The command line: python -m data --help."""

from data import attack_commands, release_commands  # noqa: F401 (their rows)
from data.commands import app

if __name__ == "__main__":
    app()
