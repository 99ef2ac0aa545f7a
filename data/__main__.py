"""The command line: python -m data --help."""

from data import release_commands  # noqa: F401 (its rows)
from data.commands import app

if __name__ == "__main__":
    app()
