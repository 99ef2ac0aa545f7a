"""How a language says the embed's texts, numbers and dates, from its catalogues."""

import datetime as dt
import html
import re
from pathlib import Path

from data.languages import (
    CATALOGUES,
    EMBED,
    FIRST,
    Catalogue,
    PluralRule,
    join_catalogues,
    load_catalogue,
)
from data.published.period_names import first_day, unit_of
from data.published.ranges import Range, short_number
from data.words import spoken

_EVERY = "count.all"  # incidents of all kinds, counted
HOLE = re.compile(r"\{([A-Za-z_]+)\}")


class _Texts(dict[str, tuple[str, ...]]):
    """Texts by key. A place's own kind is no text of a catalogue: it shows its label, and is
    counted in the language's words for incidents with the label beside."""

    def __missing__(self, key: str) -> tuple[str, ...]:
        part, _, code = key.partition(".")
        if part == "kind" and code:
            return (spoken(code),)
        if part == "count" and code:
            return tuple(f"{form} ({spoken(code)})" for form in self[_EVERY])
        raise KeyError(key)


class Words:
    """A language's texts by key, and how it writes numbers and dates. What its catalogue does
    not say yet is said in English, and counted as English counts."""

    def __init__(self, own: Catalogue, english: Catalogue) -> None:
        self.language = own.language
        self.rule = own.rule
        self.translated_by, self.read_by, self.as_of = own[3:]
        self.texts = _Texts()
        self.english_rules: dict[str, PluralRule] = {}  # of counted texts that are said in English
        for key, text in english.texts.items():
            forms = own.texts[key].forms if key in own.texts else ()
            self.texts[key] = forms if forms and all(forms) else text.english
            if len(text.english) > 1 and self.texts[key] is text.english:
                self.english_rules[key] = english.rule

    def __call__(self, key: str, **given: str) -> str:
        """The text with its holes filled."""
        return filled(self.texts[key][0], given)

    def counted(self, key: str, n: int, **given: str) -> str:
        """The form of the text that fits a number, by the language's own rule."""
        return filled(
            self.texts[key][self.rule_of(key).form_of(abs(n))], given | {"n": self.number(n)}
        )

    def rule_of(self, key: str) -> PluralRule:
        """The rule by which the form of a counted text is chosen."""
        return self.english_rules.get(key if key in self.texts else _EVERY, self.rule)

    def number(self, n: float) -> str:
        """1240 as this language writes it."""
        return f"{round(n):,}".replace(",", self("number.thousands"))

    def short(self, value: float) -> str:
        """An edge of a class as this language writes it: 0.64, 5.1, 12."""
        text = short_number(value)
        comma = "." if self("number.thousands") == "," else ","
        return text.replace(",", "\0").replace(".", comma).replace("\0", self("number.thousands"))

    def ranged(self, own: Range, *, exact: bool = False) -> str:
        """A number with its range: about 12, likely 7 to 17; alone where it is exact."""
        return self.number(own.number) if exact else self(own.words.value, **self.ends(own))

    def ends(self, own: Range) -> dict[str, str]:
        """The number of a range and its ends, as holes of texts are named."""
        return {name: self.number(n) for name, n in own.ends.items()}

    def month(self, number: int) -> str:
        """A month's name, 1 to 12."""
        return self("date.months").split(", ")[number - 1]

    def date(self, day: dt.date) -> str:
        """A day in words."""
        return self("date.day", day=str(day.day), month=self.month(day.month), year=str(day.year))

    def period(self, code: str, way: str = "period") -> str:
        """2025-06-07, 2025-W23, 2025-06, 2025-Q2 or 2025 in words; way "in" is how a sentence begins."""
        first = first_day(code)
        if unit_of(code) == "day":
            return self.date(first)
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


def load_texts(
    language: str, folder: Path = CATALOGUES, domains: tuple[str, ...] = (EMBED,)
) -> Words:
    """A language's texts of some domains; what it does not say yet is said in English."""
    own = [load_catalogue(language, domain, folder) for domain in domains]
    english = [load_catalogue(FIRST, domain, folder) for domain in domains]
    return Words(join_catalogues(own), join_catalogues(english))
