"""What every page's numbers say of their View: its sentence, and what is not in it."""

from typing import NamedTuple

from data import words
from data.numbers.area_words import noun_of
from data.storage.store import Current
from data.views import links, recording, view_counts
from data.views.filters import period
from data.views.sql import chosen_sources
from data.views.view import View

NO_DENOMINATOR = "None: these are counts of records, not rates."
COUNTED = "A count of what was recorded has no sampling error. How many records chance alone would bring in another such period is not told by it."


class AboutView(NamedTuple):
    """The words of a View that its numbers carry: N of M, and what is not in them."""

    noun: str
    span: str
    sentence: str
    lacks: str


def about_view(current: Current, view: View, *, by_area: bool = True) -> AboutView:
    """The words of a View, whatever is counted of it; where that is not `by_area`, what lies in none
    of them is not missing."""
    meta = current.meta
    counted = view_counts.headline(current, view)
    if not by_area:
        counted = {**counted, "outside": 0, "no_point": 0}
    covers = [source["covers"] for source in chosen_sources(view, meta)]
    changes = [
        f"The source's notes name a change of recording on {period(one.day, one.day)}: {one.what}"
        for one in recording.changes_near(view, meta)
    ]
    return AboutView(
        words.sentence_case(noun_of(view, meta)),
        period(view.start, view.end),
        links.sentence(view, meta, counted),
        " ".join([*covers, *changes]),
    )
