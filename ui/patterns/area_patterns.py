"""Patterns of areas with their neighbors: what the pages Hot spots, Emerging and Now share."""

from enum import Enum, auto

from data import words
from data.patterns import neighbors
from data.patterns.hot_spots import LEAST_AREAS
from data.views import recording
from data.views.view import View
from ui.cached import views
from ui.frame import method_note
from ui.patterns.pattern_page import NoAnswer, ask_one

CANNOT_TELL = (
    "may stand out, but it cannot be told from chance with so many areas and steps: choose larger "
    "areas, fewer of them, or longer steps of time"
)


class Unfit(Enum):
    """A reason why no pattern of areas can be looked for in a View, as readers read it."""

    NO_COUNT = "These records do not count what happened, so they have no rate and no pattern."
    SHAPE = (
        "A drawn shape cuts through areas, and this page needs whole areas: "
        "clear the shape, or choose areas instead."
    )
    NO_AREAS = "There are no areas yet. The page Area says how to add them."
    NO_DATA = "There is no data in this period. The line above says what the source covers."
    NOT_PLACED = "None of the chosen records is in these areas."


def find_unfit(view: View) -> Unfit | None:
    """Return why a View can have no pattern of areas; None where it can."""
    if not recording.is_count(view, views.meta(view.stamp)):
        return Unfit.NO_COUNT
    if view.shape:
        return Unfit.SHAPE
    if views.units(view).empty:
        return Unfit.NO_AREAS
    answer = views.answer(view)
    if not answer.covered:
        return Unfit.NO_DATA
    return None if answer.placed else Unfit.NOT_PLACED


def refuse_areas(view: View, title: str) -> NoAnswer | None:
    """Return the title and the reason where a View can have no pattern of areas."""
    unfit = find_unfit(view)
    return NoAnswer(title, unfit.value) if unfit else None


def ask_areas(view: View) -> tuple[str, str, int]:
    """Ask for the measure, the neighbors and the seed, in a row that is there already."""
    of = ask_one(
        "Measure",
        neighbors.measures(view),
        word="of",
        width=250,
        help="A rate, never a raw count, because counts mostly show where many people are. "
        "A rate of few residents varies more by chance, so it has to be more extreme to count "
        "(standardized).",
    )
    how = ask_one(
        "Neighbors",
        list(neighbors.WEIGHTS),
        word="neighbors",
        width=250,
        help="A hot spot is an area together with its neighbors. Choose who counts as a neighbor.",
    )
    return str(of), str(how), method_note.ask_seed()


class Lack(Enum):
    """A thing of which a View has too little for a pattern."""

    TIME = auto()
    RECORDS = auto()  # not one lies in any area
    AREAS = auto()
    INCIDENTS = auto()


_TITLES = {Lack.TIME: "short a time", Lack.AREAS: "few areas"}


def find_lack(placed: int, tested: int, held: int) -> Lack | None:
    """Return what `tested` areas, with `held` of the `placed` incidents, have too little of."""
    if not placed:
        return Lack.RECORDS
    if tested < LEAST_AREAS:
        return Lack.AREAS
    return Lack.INCIDENTS if held < tested else None


def title_lack(lack: Lack) -> str:
    """Return what there is too little of, as it follows "too" in a title."""
    return _TITLES.get(lack, "few incidents")


def explain_lack(lack: Lack, tested: int, held: int, so: str) -> str:
    """Return a sentence on a lack of areas or incidents; `so` is what too few incidents do."""
    if lack is Lack.RECORDS:
        return "None of the chosen records is in any area, so nothing can be called hot or cold."
    if lack is Lack.AREAS:
        return (
            f"{words.counted(tested, 'area')} can be tested (with a rate and with neighbors), and it "
            f"takes at least {LEAST_AREAS}. Choose hexagons or smaller areas to have more."
        )
    return (
        f"{words.counted(held, 'incident')} in {tested} areas with a rate are too few: with fewer "
        f"than one per area{so}."
    )
