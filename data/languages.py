"""The languages of what the public reads, and their gettext catalogues.

`locale/<language>/embed.po` holds the texts of the embed, and those that it shares with the
public dashboard; `public.po` those of the public dashboard alone, `help.po` those of the help
page. A text has a key (msgctxt), its English (msgid) and its translation (msgstr). Another
language is another folder.
"""

import ast
import datetime as dt
import gettext
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from data.settings import ROOT, Problem

CATALOGUES = ROOT / "locale"
FIRST = "en"  # the language of index.html, and of what a catalogue does not say yet
EMBED, PUBLIC, HELP = "embed", "public", "help"  # domains: one file each
_LINE = re.compile(r'(?:(msg[a-z_]+(?:\[\d\])?)\s+)?("(?:[^"\\]|\\.)*")')
_FORM = re.compile(r"msgstr(\[\d\])?")
_ENGLISH = ("msgid", "msgid_plural")
_RULE = re.compile(r"nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*([^;]+?)\s*;?\s*")
_USUAL_RULE = "nplurals=2; plural=(n != 1);"  # gettext's own, where a catalogue says nothing
_TABLE = (
    200  # numbers in a table of forms: below, each has its own; above, as 100 + last two digits
)
_TRIED = 2000  # a table is compared with its rule up to this number


class Text(NamedTuple):
    """One entry of a catalogue: key, the English (one or two forms), the translation's forms."""

    key: str
    english: tuple[str, ...]
    forms: tuple[str, ...]


class PluralRule(NamedTuple):
    """How many forms a counted text has, and which of them (0, 1 ...) fits a number."""

    forms: int
    form_of: Callable[[int], int]

    def table(self) -> str:
        """The forms as digits, for scripts, which may not evaluate a rule: of 0 to 199, and of
        each number from 200 on the digit at 100 + its last two digits. Problem where the rule
        cannot be written so."""
        digits = "".join(str(self.form_of(n)) for n in range(_TABLE))
        if any(self.form_of(n) != int(digits[100 + n % 100]) for n in range(_TABLE, _TRIED)):
            raise Problem(
                "This rule for plurals looks at more than a number's last two digits, which the "
                "embed's script cannot follow: write a simpler one in Plural-Forms."
            )
        return digits


class Catalogue(NamedTuple):
    """A language's texts of one domain, by key, and what its head says of them.

    `translated_by` and `read_by` name an organization or a role. `read_by` is "" where nobody
    who speaks the language has read it; `date` is that of the last reading, or else of the
    translation.
    """

    language: str
    texts: dict[str, Text]
    rule: PluralRule
    translated_by: str
    read_by: str
    date: dt.date | None


def languages(folder: Path = CATALOGUES, domain: str = EMBED) -> list[str]:
    """The languages that have a catalogue, the one of index.html first."""
    found = {file.parent.name for file in folder.glob(f"*/{domain}.po")}
    return [FIRST, *sorted(found - {FIRST})]


def page_name(language: str) -> str:
    """The name of the embed's page in a language."""
    return "index.html" if language == FIRST else f"{language}.html"


def protect_name(language: str) -> str:
    """The name of the page "How we protect people" in a language."""
    return "protect.html" if language == FIRST else f"protect.{language}.html"


def load_catalogue(language: str, domain: str = EMBED, folder: Path = CATALOGUES) -> Catalogue:
    """Read a language's catalogue. Problem where a line of it cannot be read."""
    where = f"{language}/{domain}.po"
    return read_catalogue((folder / where).read_text("utf-8"), language, where)


def read_catalogue(text: str, language: str, where: str = "embed.po") -> Catalogue:
    """The catalogue that a .po file holds; fuzzy and obsolete entries are left out."""
    head: dict[str, str] = {}
    texts: dict[str, Text] = {}
    for block in re.split(r"\n\s*\n", text):
        fields = _fields(block, where)
        key = fields.get("msgctxt", "")
        if not key:
            head |= _head(fields.get("msgstr", "")) if fields.get("msgid") == "" else {}
            continue
        if key in texts:
            raise Problem(f"{where}: the key {key} stands there twice.")
        english = tuple(fields[name] for name in _ENGLISH if name in fields)
        forms = tuple(own for name, own in sorted(fields.items()) if _FORM.fullmatch(name))
        texts[key] = Text(key, english, forms)
    rule = read_rule(head.get("Plural-Forms", _USUAL_RULE), where)
    by, read_by, day = (head.get(f"X-{name}", "") for name in ("Translated-By", "Read-By", "Date"))
    try:
        date = dt.date.fromisoformat(day) if day else None
    except ValueError:
        raise Problem(f"{where}: X-Date is no date such as 2026-11-27: {day}") from None
    return Catalogue(language, texts, rule, by, read_by, date)


def join_catalogues(parts: list[Catalogue]) -> Catalogue:
    """The texts of a language's domains as one. It is read where somebody has read every part."""
    texts = {key: text for part in parts for key, text in part.texts.items()}
    if len(texts) < sum(len(part.texts) for part in parts):
        raise Problem(f"{parts[0].language}: a key stands in two of the catalogs.")
    read_by = parts[0].read_by if all(part.read_by for part in parts) else ""
    return parts[0]._replace(texts=texts, read_by=read_by)


def read_rule(text: str, where: str = "embed.po") -> PluralRule:
    """The rule that a Plural-Forms line states. Problem where it cannot be read."""
    match = _RULE.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        rule = PluralRule(int(match[1]), gettext.c2py(match[2]))
        used = {rule.form_of(n) for n in range(_TRIED)}
    except (ValueError, ZeroDivisionError):
        raise Problem(f"{where}: this Plural-Forms cannot be read: {text}") from None
    if not 1 <= rule.forms <= 9 or not used <= set(range(rule.forms)):
        raise Problem(f"{where}: this Plural-Forms names a form that nplurals does not: {text}")
    return rule


def _fields(block: str, where: str) -> dict[str, str]:
    """The fields of one entry; none where it is marked as fuzzy."""
    fields: dict[str, str] = {}
    name = ""
    for line in (line.strip() for line in block.splitlines()):
        if line.startswith("#,") and "fuzzy" in line:
            return {}
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None or not (match[1] or name):
            raise Problem(f"{where}: this is no line of a catalog: {line}")
        name = match[1] or name
        if name != "msgctxt" and name not in _ENGLISH and not _FORM.fullmatch(name):
            raise Problem(f"{where}: {name} is not read.")
        fields[name] = fields.get(name, "") + str(ast.literal_eval(match[2]))
    return fields


def _head(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}
