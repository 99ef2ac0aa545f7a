"""Choices of patterns of areas with their neighbors: what Hot spots, Emerging and Now share."""

from streamlit.delta_generator import DeltaGenerator

from data.patterns import neighbors
from data.views.view import View
from ui.frame import method_note
from ui.parts.area_lack import find_unfit
from ui.patterns.pattern_page import NoAnswer, ask_one


def refuse_areas(view: View, title: str) -> NoAnswer | None:
    """Return the title and the reason where a View can have no pattern of areas."""
    unfit = find_unfit(view)
    return NoAnswer(title, unfit.value) if unfit else None


def ask_areas(view: View, fold: DeltaGenerator) -> tuple[str, str, int]:
    """Ask for the measure and the neighbors, in a row that is there already, and for the seed."""
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
    return str(of), str(how), method_note.ask_seed(fold)
