"""Find a neighborhood: a search that never leaves the reader's browser."""

from typing import TypedDict

from data import words
from data.views.sql import polygon_set
from data.views.view import View
from data.words import HEXAGONS
from ui.cached import views
from ui.parts import component


class PlaceFinder(TypedDict):
    """The search for a place (static/components/find.js): names of areas as they are shown, in
    the order of the map's areas, and in links; `looks` says if the map shows these areas;
    the address of the streets' file (name and bounds of each), or "".
    """

    areas: list[str]
    names: list[str]
    looks: bool
    streets: str


def show_find(view: View, streets: str = "") -> None:
    """The search for a neighborhood, and for a street where a file of them is at an address.

    What is typed reaches neither the server nor the link. Enter shows the place on the map;
    Enter again opens an area's page.
    """
    component.component("find")(key="find", data=places(view, streets))


def places(view: View, streets: str = "") -> PlaceFinder:
    """What can be found: the areas of the View's set, or of the set that its hexagons lie in."""
    meta = views.meta(view.stamp)
    looks = view.area_set not in HEXAGONS
    if looks:
        names = [str(name) for name in views.units(view)["name"]]
    else:
        held = polygon_set(view.area_set, meta)
        names = list(held[1]["names"]) if held else []
    areas = [words.spell_area(name) for name in names]
    return {"areas": areas, "names": names, "looks": looks, "streets": streets}
