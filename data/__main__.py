"""The command line: python -m data --help."""

from data.commands import (  # noqa: F401 (their rows)
    attack,
    basemap,
    cite,
    city,
    claims,
    corrections,
    desk,
    door,
    ledger,
    packets,
    people,
    pull,
    release,
    sources,
    tips,
)
from data.commands.main import app

if __name__ == "__main__":
    app()
