"""The command line: python -m data --help."""

from data.commands import app

app()
