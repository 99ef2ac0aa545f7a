"""Choices of patterns of areas with their neighbors: what Hot spots, Emerging and Now share."""

from data.patterns import neighbors
from data.views.view import View
from ui.frame import method_note
from ui.parts.area_lack import find_unfit
from ui.patterns.pattern_page import NoAnswer, ask_one


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
        help="Never raw counts: those show where people and streets are. Standardized: "
        "a rate of few residents varies more by chance, and has to lie further out to count.",
    )
    how = ask_one(
        "Neighbors",
        list(neighbors.WEIGHTS),
        word="neighbors",
        width=250,
        help="A hot spot is an area together with its neighbors: who they are is a choice.",
    )
    return str(of), str(how), method_note.ask_seed()
