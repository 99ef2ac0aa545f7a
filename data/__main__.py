"""The command line: python -m data --help."""

from data.commands import attack, basemap, city, desk, door, ledger, people, pull, release, sources, tips  # noqa: F401 (their rows)
from data.commands.main import app

if __name__ == "__main__":
    app()
