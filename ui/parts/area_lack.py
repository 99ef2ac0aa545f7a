"""Why a View can have no pattern of areas, or too little for one: what layer and pages share."""

from enum import Enum, auto

from data import words
from data.patterns import neighbors
from data.patterns.hot_spots import LEAST_AREAS
from data.views import recording
from data.views.view import View
from ui.cached import views

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
    NO_AREAS = "There are no areas yet. The page “One area” says how to add them."
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
    if not views.coverage(view).some:
        return Unfit.NO_DATA
    counts = views.headline(view)
    return None if not counts["n"] or counts["outside"] < counts["n"] else Unfit.NOT_PLACED


class Lack(Enum):
    """A thing of which a View has too little for a pattern."""

    TIME = auto()
    RESIDENTS = auto()  # of no area are they known, and a rate needs them
    RECORDS = auto()  # not one lies in any area
    AREAS = auto()
    INCIDENTS = auto()


_TITLES = {
    Lack.TIME: "short a time",
    Lack.AREAS: "few areas",
    Lack.RESIDENTS: "little known of residents",
}


def find_lack(placed: int, tested: int, held: int, peopled: bool = True) -> Lack | None:
    """Return what `tested` areas, with `held` of the `placed` incidents, have too little of.

    They are not `peopled` where a rate is asked for and residents are known of none.
    """
    if not placed:
        return Lack.RECORDS
    if not peopled:
        return Lack.RESIDENTS
    if tested < LEAST_AREAS:
        return Lack.AREAS
    return Lack.INCIDENTS if held < tested else None


def is_peopled(view: View, of: str) -> bool:
    """Return whether a measure finds what it divides by: residents are known of some area."""
    return of != neighbors.RESIDENTS or bool((views.units(view)["population"] > 0).any())


def title_lack(lack: Lack) -> str:
    """Return what there is too little of, as it follows "too" in a title."""
    return _TITLES.get(lack, "few incidents")


def explain_lack(lack: Lack, tested: int, held: int, so: str) -> str:
    """Return a sentence on a lack of areas or incidents; `so` is what too few incidents do."""
    if lack is Lack.RECORDS:
        return "None of the chosen records is in any area, so nothing can be called hot or cold."
    if lack is Lack.RESIDENTS:
        return (
            "How many people live in these areas is not known, so there is no rate to look at. "
            f"Choose “{neighbors.GROUND}” to look at incidents per km² of land instead."
        )
    if lack is Lack.AREAS:
        return (
            f"{words.counted(tested, 'area')} can be tested (with a rate and with neighbors), and it "
            f"takes at least {LEAST_AREAS}. Choose hexagons or smaller areas to have more."
        )
    return (
        f"{words.counted(held, 'incident')} in {tested} areas with a rate are too few: with fewer "
        f"than one per area{so}."
    )
