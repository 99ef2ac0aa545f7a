"""The languages of the embed: those that have a catalogue, locale/<language>/embed.po."""

from pathlib import Path

from data.settings import ROOT

CATALOGUES = ROOT / "locale"
FIRST = "en"  # the language of index.html


def languages(folder: Path = CATALOGUES) -> list[str]:
    """The languages that have a catalogue, the one of index.html first."""
    found = {file.parent.name for file in folder.glob("*/embed.po")}
    return [FIRST, *sorted(found - {FIRST})]


def page_name(language: str) -> str:
    """The name of the embed's page in a language."""
    return "index.html" if language == FIRST else f"{language}.html"


def protect_name(language: str) -> str:
    """The name of the page "How we protect people" in a language."""
    return "protect.html" if language == FIRST else f"protect.{language}.html"
