"""The languages of the form: their texts, which are on, and which one a browser gets."""

import datetime as dt
import re
from collections.abc import Mapping

from data.languages import EMBED, FIRST, load_catalogue
from data.reports.door_settings import DOMAIN, DoorSettings, all_languages

# texts that the form takes from the embed's catalog
SHARED = ("language.name", "language.choose", "unread", "date.months", "date.day")
_HOLE = re.compile(r"\{([a-z]+)\}")


class Texts:
    """A language's texts by key; what it does not say yet is said in English.

    `reader` is who has read them: "" where nobody who speaks the language has.
    """

    def __init__(self, language: str, reader: str = "") -> None:
        self.language = language
        self._texts: dict[str, str] = {}
        for domain in (EMBED, DOMAIN):
            own, english = load_catalogue(language, domain), load_catalogue(FIRST, domain)
            for key, text in english.texts.items():
                if domain == DOMAIN or key in SHARED:
                    forms = own.texts[key].forms if key in own.texts else ()
                    self._texts[key] = (forms and forms[0]) or text.english[0]
        self.reader = own.read_by or reader
        self.keys = frozenset(self._texts)

    def text(self, key: str, **holes: object) -> str:
        """A text with its holes filled."""
        return _HOLE.sub(lambda hole: str(holes[hole[1]]), self._texts[key])

    __call__ = text  # as templates ask

    def day(self, day: dt.date) -> str:
        """A day in words, with the language's own name of the month."""
        month = self.text("date.months").split(", ")[day.month - 1]
        return self.text("date.day", day=day.day, month=month, year=day.year)

    def hour(self, hour: int) -> str:
        """An hour in words."""
        if hour % 12 == 0:
            return self.text("when.noon" if hour else "when.midnight")
        return self.text("when.am" if hour < 12 else "when.pm", hour=hour % 12)


def load_languages(door: DoorSettings) -> dict[str, Texts]:
    """The languages that are on: those that somebody has read, and those that were switched on."""
    every = {code: Texts(code, door.reviewed.get(code, "")) for code in all_languages()}
    return {code: own for code, own in every.items() if own.reader or code in door.languages}


def choose_language(on: Mapping[str, Texts], asked: str, accepted: str) -> str:
    """The language of a page: the one that a link asks for, else the first that the browser says
    its reader accepts, else English."""
    wishes = [asked, *(part.partition(";")[0].strip() for part in accepted.split(","))]
    known = (wish.lower().partition("-")[0] for wish in wishes)
    return next((code for code in known if code in on), FIRST)
