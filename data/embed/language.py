"""The embed's texts: gettext catalogues (locale/<language>/embed.po), numbers and dates.

A text has a key (msgctxt), its English (msgid) and its translation (msgstr). Another
language is another folder: nothing in the code changes.
"""

import ast
import datetime as dt
import html
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from data.languages import CATALOGUES, FIRST
from data.published.period_names import first_day, unit_of
from data.settings import Problem

FIELDS = ("msgctxt", "msgid", "msgid_plural", "msgstr", "msgstr[0]", "msgstr[1]")
_LINE = re.compile(r'(?:(msg[a-z_]+(?:\[\d\])?)\s+)?("(?:[^"\\]|\\.)*")')
HOLE = re.compile(r"\{([A-Za-z_]+)\}")


class Text(NamedTuple):
    """One entry of a catalogue: key, the English, the translation's forms (one or two)."""

    key: str
    english: tuple[str, ...]
    forms: tuple[str, ...]


def entries(text: str, where: str = "embed.po") -> list[Text]:
    """The entries of a .po file but its head; fuzzy and obsolete ones are left out."""
    found: list[Text] = []
    for block in re.split(r"\n\s*\n", text):
        lines = block.splitlines()
        fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in lines)
        fields: dict[str, str] = {}
        name = ""
        for line in lines:
            if not line.strip() or line.startswith("#"):
                continue
            match = _LINE.fullmatch(line.strip())
            if match is None or not (match[1] or name):
                raise Problem(f"{where}: this is no line of a catalog: {line}")
            name = match[1] or name
            if name not in FIELDS:
                raise Problem(f"{where}: {name} is not read: use at most two forms of a plural.")
            fields[name] = fields.get(name, "") + str(ast.literal_eval(match[2]))
        if fuzzy or not fields.get("msgctxt"):
            continue
        english = tuple(fields[f] for f in ("msgid", "msgid_plural") if f in fields)
        forms = tuple(fields.get(f, "") for f in FIELDS[3:] if f in fields)
        found.append(Text(fields["msgctxt"], english, forms))
    return found


class Words:
    """A language's texts by key, and how it writes numbers and dates."""

    def __init__(self, language: str, texts: Iterable[Text]) -> None:
        self.language = language
        self.texts = {t.key: t.forms if all(t.forms) and t.forms else t.english for t in texts}

    def __call__(self, key: str, **given: str) -> str:
        """The text with its holes filled."""
        return filled(self.texts[key][0], given)

    def counted(self, key: str, n: int, **given: str) -> str:
        """The form of the text that fits a number: one, or more."""
        forms = self.texts[key]
        return filled(forms[0 if n == 1 else -1], given | {"n": self.number(n)})

    def number(self, n: float) -> str:
        """1240 as this language writes it."""
        return f"{round(n):,}".replace(",", self("number.thousands"))

    def month(self, number: int) -> str:
        """A month's name, 1 to 12."""
        return self("date.months").split(" ")[number - 1]

    def date(self, day: dt.date) -> str:
        """A day in words."""
        return self("date.day", day=str(day.day), month=self.month(day.month), year=str(day.year))

    def period(self, code: str, way: str = "period") -> str:
        """2025-W23, 2025-06, 2025-Q2 or 2025 in words; way "in" is how a sentence begins."""
        first = first_day(code)
        month, last = self.month(first.month), self.month(min(12, first.month + 2))
        holes = {"month": month, "first": month, "last": last, "year": f"{first.year}"}
        return self(f"{way}.{unit_of(code)}", day=self.date(first), **holes)

    def listed(self, names: list[str]) -> str:
        """Names as a list in a sentence."""
        if len(names) < 2:
            return "".join(names)
        return self("list.last", before=", ".join(names[:-1]), last=names[-1])


def filled(text: str, given: dict[str, str]) -> str:
    """The text with {name} replaced by what is given; other braces stay."""
    return HOLE.sub(lambda m: given.get(m[1], m[0]), text)


def esc(text: object) -> str:
    """Text as HTML shows it: outside text is never markup."""
    return html.escape(str(text), quote=True)


def capital(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def load_texts(language: str, folder: Path = CATALOGUES) -> Words:
    """A language's texts; what it does not say yet is said in English."""
    english = entries((folder / FIRST / "embed.po").read_text("utf-8"), f"{FIRST}/embed.po")
    own = entries((folder / language / "embed.po").read_text("utf-8"), f"{language}/embed.po")
    said = {t.key: t for t in own if t.forms and all(t.forms)}
    return Words(language, [said.get(t.key, t) for t in english])
