"""The door to folium: nothing that comes in is compiled, nothing from outside comes in."""

import re

import branca.element
import folium
import pytest
from streamlit_folium import generate_js_hash

from data.palette import DARK, LIGHT, classes
from ui.map import leaflet

CANARY = "{{ 7*191 }}"


def rendered(told: dict[str, object]) -> str:
    """A patch as st_folium would send it."""
    group = folium.FeatureGroup().add_child(leaflet.PatchElement(told))
    made = leaflet.base("map", "t", [[0, 0], [1, 1]], "").add_child(group)
    return made.get_root().render()


@pytest.mark.parametrize("thing", [folium.Tooltip, folium.Popup])
def test_canary_stays_literal(thing: type) -> None:
    made = folium.Map(tiles=None)
    folium.Marker([0, 0]).add_child(thing(CANARY)).add_to(made)
    page = made.get_root().render()
    assert "1337" not in page and "7*191" in page


def test_rendered_text_is_not_compiled_again() -> None:
    assert branca.element.Element(CANARY).render() == CANARY
    assert branca.element.Element("{% bad").render() == "{% bad"


def test_patch_carries_text_as_data() -> None:
    hostile = "</script><img src=x onerror=alert(1)>`${7*191}`" + CANARY
    page = rendered({"tips": [[hostile]]})
    assert "<img src=x" not in page and "</script><img" not in page
    assert "1337" not in page


def test_base_map_is_the_same_for_every_view() -> None:
    """st_folium mounts a map anew when its script changes."""
    one = leaflet.base("map", "t", [[0, 0], [1, 1]], "")
    two = leaflet.base("map", "t", [[0, 0], [1, 1]], "")
    scripts = []
    for made in (one, two):
        text = made.get_root().render()
        scripts.append(generate_js_hash(re.sub(r"map_[0-9a-f]{32}", "map", text), "k"))
    assert scripts[0] == scripts[1]


@pytest.mark.parametrize(
    "at", ["", "x,y,z", "1,2", "999,0,10", "44,-93,99", "nan,0,5", "44;-93;12", "52.5,13.4,12"]
)
def test_a_bad_place_in_a_link_shows_the_whole_place(at: str) -> None:
    made = leaflet.base("map", "t", [[44, -94], [45, -93]], at)
    assert made.location == [44.5, -93.5]


def test_a_good_place_in_a_link_is_taken() -> None:
    assert leaflet.base("map", "t", [[44, -94], [45, -93]], "44.97,-93.26,13.5").location == [
        44.97,
        -93.26,
    ]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_classes_go_from_near_the_paper_to_far_from_it(theme: object) -> None:
    def grey(color: str) -> float:
        r, g, b = (int(color[i : i + 2], 16) for i in (1, 3, 5))
        return 0.299 * r + 0.587 * g + 0.114 * b

    for k in range(2, 7):
        far = [abs(grey(c) - grey(theme.paper)) for c in classes(theme, k)]  # type: ignore[attr-defined]
        assert len(far) == k and far == sorted(far)  # also in greyscale
