"""docs/desk.md and the card: what they say of grades, roles, commands and times is what the code does."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer

from data.__main__ import app
from data.desk.desk_settings import DeskSettings
from data.people import roster
from data.tips.reasons import GRADES, REASONS
from tests.conftest import ROOT

TEXT = (ROOT / "docs/desk.md").read_text()
CARD = (ROOT / "docs/desk-card.html").read_text()


class Cells(HTMLParser):
    """The texts of the cells of a page's tables, row by row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "td"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def test_the_card_has_the_grades_keys_and_reasons_of_the_desk() -> None:
    rows = [[cell.strip() for cell in row] for row in Cells(CARD).rows if row]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        (g.key, g.label, "; ".join(REASONS[reason] for reason in g.reasons)) for g in GRADES
    ]


def test_the_document_has_the_grades_and_keys_of_the_desk() -> None:
    section = TEXT.partition("## Grades and reasons")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d) \| ([^|]+) \|.*\|$", section, re.M)
    assert rows == [(grade.key, grade.label) for grade in GRADES]


def test_the_document_names_every_role_and_the_times_that_are_usual() -> None:
    for role in ("anybody", *(f"`{name}`" for name in roster.ROLES)):
        assert f"\n| {role} |" in TEXT, role
    usual = DeskSettings()
    assert f"{usual.raw_days:.0f} days after the outcome | `raw_days`" in TEXT
    assert re.search(rf"{usual.origin_days:.0f} days after the outcome.*`origin_days`", TEXT)
    assert "Thirty minutes without a grade" in TEXT and usual.deal_minutes == 30


def test_every_command_that_is_named_exists() -> None:
    named = set(re.findall(r"python -m data ([a-z]+)", TEXT))
    group = typer.main.get_group(app)
    assert {"exposure", "hold", "verify", "revoke", "address", "expire"} <= named
    assert named <= set(group.commands)


@pytest.mark.parametrize("file", ["docs/desk.md", "README.md"])
def test_every_link_leads_to_a_file(file: str) -> None:
    text = (ROOT / file).read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert links and all(((ROOT / file).parent / Path(link)).exists() for link in links)


def test_readers_find_it() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "docs/desk.md" in readme and "docs/desk-card.html" in readme
    for heading in ("From whom we protect what", "The day of a subpoena", "Which sign-in"):
        assert f"\n## {heading}\n" in TEXT


def test_the_card_is_whole_by_itself() -> None:
    assert not re.search(r"<script|src=|https?:", CARD)
