"""The contract with the browser: `ui.map.patch` says what the scripts read, no more, no less."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, is_typeddict
from unittest import mock

import pytest
from streamlit.testing.v1 import AppTest

from data.maps.heat_surface import Seen
from data.maps.outlines import MapArea
from data.palette import LIGHT
from data.settings import STATIC
from data.views import links
from geo.geojson import P
from tests import publics
from tests.conftest import ROOT
from tests.maps import script_keys
from tests.publics import published
from tests.views.test_view import NOW, PLACE
from ui import joined
from ui.cached import views
from ui.frame.find import PlaceFinder
from ui.map import layers, leaflet, patch, player, two_periods
from ui.map.choices import MapChoices

__all__ = ["published"]  # the fixture

FILES = (*joined.SCRIPTS[1:], *(f"components/{n}.js" for n in ("timeline", "frame_table", "find")))
SENT = (patch.Events, patch.DrawnShape, patch.Refit)
# every type of the contract that the browser reads; parts of `Patch` are read as it
READ = [
    one
    for one in [*vars(patch).values(), MapArea, PlaceFinder]
    if is_typeddict(one)
    and one is not patch.FeatureCollection
    and one not in (patch.Picture, patch.BasemapPatch, patch.DrawingPatch, *SENT)
]


def scripts() -> dict[str, str]:
    """The text of each script of a map and of what stands around it."""
    return {name: (STATIC / name).read_text() for name in FILES}


def differences(texts: dict[str, str]) -> list[str]:
    """Keys that a script reads or sends and no type has, and keys of types that none does."""
    reader = script_keys.Reader()
    reader.run(texts.values())
    wrong = []
    for noted, types in ((reader.reads, READ), (reader.sent, SENT)):
        for one in types:
            found = {key for of, key in noted if of is one}
            wrong += [f"{one.__name__}.{key}" for key in found ^ script_keys.keys(one).keys()]
    return sorted(wrong)


def test_each_key_that_a_script_reads_is_in_the_contract_and_each_of_the_contract_is_read() -> None:
    assert differences(scripts()) == []


@pytest.mark.parametrize(
    ("file", "right", "wrong", "found"),
    [
        ("map/basemap.js", "told.blend ? 1", "told.blent ? 1", ["Patch.blent"]),
        ("map/basemap.js", "url: new URL(told.url,", "url: new URL(told.uri,", ["BaseLayer.uri"]),
        ("map/basemap.js", "told?.url", "told?.uri", ["Water.uri"]),
        ("map/basemap.js", "{base, dark})", "{bass, dark})", ["Patch.bass"]),
        ("map/versus.js", "two.fills", "two.fill", ["TwoPeriods.fill", "TwoPeriods.fills"]),
        ("map/versus.js", "told.captions", "told.caption", ["TwoPeriods.caption"]),
        ("map/versus.js", '"cover", "legend")', '"cover", "legends")', ["Patch.legends"]),
        ("map/legend.js", "row.text", "row.texts", ["MapLegendRow.text", "MapLegendRow.texts"]),
        ("map/legend.js", "told.ramp.ticks", "told.ramp.tick", ["ColorRamp.tick"]),
        ("map/hexes.js", "south, west], rings}", "south, west], ring}", ["HexagonCells.ring"]),
        ("map/incidents.js", "sight.window", "sight.windows", ["InSight.windows"]),
        ("map/incidents.js", "say({spot:", "say({spots:", ["Events.spot", "Events.spots"]),
        (
            "map/draw.js",
            'type: "circle", center:',
            'type: "circle", centre:',
            ["DrawnShape.centre"],
        ),
        ("map/window.js", "const {asks}", "const {ask: asks}", ["AskAgain.ahead", "Patch.ask"]),
        ("map/fills.js", "f.properties.outline)", "f.properties.outlined)", ["MapArea.outlined"]),
        ("map/player.js", "told.looks[", "told.look[", ["PlayerFrames.look", "PlayerFrames.looks"]),
        ("porchlight.js", "told.placed", "told.places", ["MapStart.placed", "MapStart.places"]),
        ("components/frame_table.js", "data.no_rate[i]", "data.noRate[i]", ["FrameTable.noRate"]),
        ("components/timeline.js", "data.whole[i]", "data.hollow[i]", ["TimelineStrip.hollow"]),
        ("components/timeline.js", "frames.spans[k]", "frames.span[k]", ["TimelineFrames.span"]),
        (
            "components/timeline.js",
            "{at, text} of data.ch",
            "{on, text} of data.ch",
            ["TimelineMark.on"],
        ),
        ("components/find.js", "data.names[area]", "data.name[area]", ["PlaceFinder.name"]),
    ],
)
def test_a_key_misspelled_in_a_script_is_found(
    file: str, right: str, wrong: str, found: list[str]
) -> None:
    texts = scripts()
    assert right in texts[file]
    texts[file] = texts[file].replace(right, wrong)
    assert set(found) <= set(differences(texts))


@pytest.mark.parametrize("key", ["tips", "shapes", "geojson", "fills", "asks", "id"])
def test_a_key_misspelled_in_the_contract_is_found(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = dict(patch.Patch.__annotations__)
    hints[f"{key}_"] = hints.pop(key)
    monkeypatch.setattr(patch.Patch, "__annotations__", hints)
    assert {f"Patch.{key}", f"Patch.{key}_"} <= set(differences(scripts()))


# --- what is really sent


def faults(value: object, annotation: Any, where: str = "") -> Iterator[str]:
    """Each place where a value is not what a type says: keys, lists, plain values."""
    kind, held = get_origin(annotation), get_args(annotation)
    if kind in (Union, UnionType):
        every = [list(faults(value, one, where)) for one in held]
        yield from min(every, key=len) if all(every) else []
    elif is_typeddict(kind or annotation):
        typed = kind or annotation
        keys = value.keys() if isinstance(value, dict) else set()
        yield from (f"{where}.{key} unknown" for key in keys - typed.__annotations__.keys())
        yield from (f"{where}.{key} missing" for key in typed.__required_keys__ - keys)
        for key, one in script_keys.keys(typed).items():
            if key in keys:
                assert isinstance(value, dict)
                yield from faults(value[key], MapArea if one is P else one, f"{where}.{key}")
    elif kind is Literal:
        if value not in held:
            yield f"{where}: {value!r}"
    elif kind in (list, tuple, dict):
        if not isinstance(value, kind):
            yield f"{where}: {type(value)}"
        elif kind is dict:
            for key, one in value.items():  # type: ignore[attr-defined]
                yield from faults(key, held[0], where)
                yield from faults(one, held[1], where)
        else:
            for i, one in enumerate(value):  # type: ignore[arg-type]
                yield from faults(one, held[i] if kind is tuple else held[0], f"{where}[]")
    elif annotation is float:
        if type(value) not in (int, float):
            yield f"{where}: {type(value)}"
    elif annotation is not Any and type(value) is not annotation:
        yield f"{where}: {type(value)}"


CHOICES = {
    "still": MapChoices(),
    "near": MapChoices(seen=Seen(-93.3, 44.95, -93.25, 45.0, 15.0), scale=2.0, hexagons="count"),
    "far": MapChoices(seen=Seen(-93.4, 44.8, -93.1, 45.1, 11.0)),
    **{mode: MapChoices(beside=mode) for mode in two_periods.MODES[1:]},
    **{unit: MapChoices(play=unit, width=2) for unit in ("by month", "by hour of day")},
}


@pytest.mark.parametrize("layer", layers.LAYERS)
@pytest.mark.parametrize("how", CHOICES)
def test_every_layer_makes_what_the_contract_says(screens: Path, layer: str, how: str) -> None:
    asked = {"compare": "previous period", "from": "2017-07-05", "to": "2017-10-03"}
    every = []
    for more in ({}, {"set": "hexagons 0.7 km²"}, {"source": ["use of force"]}):
        view, _ = links.view(asked | more, views.meta(str(views.stamp())), PLACE, NOW)
        view = views.measured(view)
        every.append(layers.patch(view, views.answer(view), layer, LIGHT, CHOICES[how]))
        assert list(faults(every[-1], patch.Patch)) == []
    both = how in (two_periods.SWIPE, two_periods.SIDE) and layer in two_periods.BOTH
    assert bool(every[0]["versus"]) == both
    assert bool(every[0]["frames"]) == player.playing(CHOICES[how], layer)


@contextmanager
def drawn() -> Iterator[list[object]]:
    """The patches that pages put on their maps meanwhile."""
    seen: list[object] = []
    with mock.patch.object(leaflet, "PatchElement", wraps=leaflet.PatchElement) as element:
        yield seen
        seen += [call.args[0] for call in element.call_args_list]


def run(path: str) -> None:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    app.switch_page(path).run()
    assert not app.exception, app.exception


@pytest.mark.parametrize("page", ["map", "areas", "now", "hot_spots", "emerging", "episodes"])
def test_every_page_draws_what_the_contract_says(screens: Path, page: str) -> None:
    with drawn() as seen:
        run(f"pages/{page}.py")
    assert seen and [fault for one in seen for fault in faults(one, patch.Patch)] == []


def test_the_public_map_draws_what_the_contract_says(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publics.as_public(monkeypatch, published)
    with drawn() as seen:
        run("pages/public_areas.py")
    publics.clear()
    assert len(seen) == 2 and [fault for one in seen for fault in faults(one, patch.Patch)] == []
    assert all("geojson" in one for one in seen)  # type: ignore[operator]


def test_a_patch_with_a_wrong_key_or_value_is_no_patch() -> None:
    made = patch.area_patch(LIGHT, "areas.js", [["1 incident"]], [0], LIGHT.edge)
    assert list(faults(made, patch.Patch)) == []
    assert list(faults({**made, "tip": []}, patch.Patch)) == [".tip unknown"]
    assert list(faults({**made, "legend": {"rows": []}}, patch.Patch)) == [".legend.title missing"]
    assert list(faults({**made, "order": [0.5]}, patch.Patch)) == [".order[]: <class 'float'>"]
    del made["shape"]  # type: ignore[misc]
    assert list(faults(made, patch.Patch)) == [".shape missing"]
