"""One release, two readers: the embed and the public dashboard open on, say and color the same."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from data.embed import style
from data.palette import DARK, LIGHT
from data.published import choice_words, grids, number_classes, released
from data.published.choice_words import SOURCE_NAMES
from tests import publics
from tests.conftest import ROOT
from tests.embed.test_embed import told, unpacked
from tests.made_release import make_release, write_release
from tests.public.test_public import opened
from tests.publics import madeville
from ui.public import public_cached, public_choice, public_map
from ui.public.public_cached import Kept
from ui.public.public_choice import Choice
from ui.public.public_frame import Shown

__all__ = ["madeville"]  # the fixture


class Both(NamedTuple):
    """One release as the dashboard holds it, and what the embed's script knows of it."""

    kept: Kept
    data: dict[str, Any]
    html: str


@pytest.fixture(scope="module", params=["medium", "official alone", "tiny"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Both:
    """Releases that open in different ways."""
    one = make_release("tiny" if request.param == "tiny" else "medium")
    if request.param == "official alone":
        own = {path: t for path, t in one.tables.items() if path.startswith("official/")}
        listed = {path: one.manifest["tables"][path] for path in own}
        one = one._replace(tables=own, manifest={**one.manifest, "tables": listed})
    folder = write_release(one, tmp_path_factory.mktemp("release"))
    kept = public_cached.read_release(released.load_release(folder))
    return Both(kept, told(folder / "embed"), (folder / "embed/index.html").read_text())


def shown(kept: Kept, choice: Choice) -> Shown:
    return Shown(kept, choice, public_choice.rows(kept.numbers, kept.levels, choice, kept.place))


def maps(both: Both) -> Iterator[tuple[Choice, list[int], dict[str, Any], int]]:
    """Every map that the embed can show: the same choice on the dashboard, the order of the
    embed's areas there, the packed table and the index of the period."""
    for sort, own in both.data["sorts"].items():
        for name, kinds in own["maps"].items():
            where = name.partition("-")[0]
            codes = [a[0] for a in both.data["levels"].get(where, {"areas": []})["areas"]]
            order = [both.kept.levels[where].codes.index(code) for code in codes] if codes else [0]
            for kind, held in kinds.items():
                for at, period in enumerate(held["p"]):
                    source, by = SOURCE_NAMES[sort], choice_words.map_words(name)
                    choice = Choice(source, by, period, choice_words.kind_words(kind))
                    yield choice, order, held, at


def test_the_dashboard_opens_on_the_embed_s_map(
    madeville: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = told((madeville / "current").resolve() / "embed")
    publics.as_public(monkeypatch, madeville)
    for sort, own in [(None, data), *data["sorts"].items()]:
        app = opened(**({} if sort is None else {"source": SOURCE_NAMES[sort]}))
        opens = own["opens"]
        period = data["sorts"][opens["sort"]]["maps"][opens["map"]][opens["kind"]]["p"][
            opens["period"]
        ]
        assert app.radio(key="source").value == SOURCE_NAMES[opens["sort"]]
        assert app.selectbox(key="by").value == choice_words.map_words(opens["map"])
        assert app.selectbox(key="kind").value == choice_words.kind_words(opens["kind"])
        assert app.selectbox(key="period").value == period
    publics.clear()


def test_every_number_is_the_same(both: Both) -> None:
    many = 0
    for choice, order, held, at in maps(both):
        rows = shown(both.kept, choice).rows
        mine = rows[["number", "low", "high"]].to_numpy(int)[order]
        packed = unpacked(held)[:, at, : len(order)]
        np.testing.assert_array_equal(mine.T, packed, err_msg=str(choice))
        many += 1
    assert many


def test_every_area_has_the_same_color(both: Both) -> None:
    blocks = style.style().split("prefers-color-scheme: dark")[:2]
    light, dark = (dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in blocks)
    for choice, order, held, at in maps(both):
        if "c" not in held:
            continue  # a series of the place has no classes
        looks = _looks(held, at, len(order))
        for theme, colors in ((LIGHT, light), (DARK, dark)):
            drawn = public_map.fills(shown(both.kept, choice), theme)["fills"]
            ours = [_color(name, colors) for name in looks]
            assert [drawn[i] for i in order] == ours, choice


def _looks(held: dict[str, Any], at: int, many: int) -> list[str]:
    """The looks of areas as the script finds them, which a browser test compares."""
    if "k" in held:
        stripes = dict(zip("abcdef", number_classes.STRIPES))
        return [stripes.get(letter, f"r{letter}") for letter in held["k"].split(";")[at]]
    lows = [int(row[1].replace(",", "")) for row in held["c"]]
    spread = number_classes.SPREAD.get(len(lows), ())
    counts = unpacked(held)[0, at, :many].tolist()
    return [f"r{spread[sum(n >= low for low in lows[1:])]}" if n else "zero" for n in counts]


def _color(name: str, colors: dict[str, str]) -> str:
    if name in number_classes.STRIPES:
        return f"~{colors[f'r{name[1]}']}{colors[f'r{name[2]}']}"
    return colors["paper"] if name == "zero" else colors[name]


def test_both_legends_say_the_same_numbers(both: Both) -> None:
    opens = both.data["opens"]
    held = both.data["sorts"][opens["sort"]]["maps"][opens["map"]][opens["kind"]]
    choice = Choice(
        SOURCE_NAMES[opens["sort"]],
        choice_words.map_words(opens["map"]),
        held["p"][opens["period"]],
        choice_words.kind_words(opens["kind"]),
    )
    rows = public_map.fills(shown(both.kept, choice), LIGHT)["legend"]["rows"]
    page = both.html.split('id="legend"')[1].split("</ul>")[0]
    embed = re.findall(r"<b>([^<]*)</b>", page)
    ours = [row["text"] for row in rows]
    assert {*embed} <= {*ours} and len(ours) - len(embed) in (0, 1)  # and stripes, without numbers
    assert bool(embed) == (not opens["map"].startswith("city"))


def test_the_embed_s_script_knows_the_same_looks_and_sources() -> None:
    said, state = ((ROOT / f"static/embed/{name}.js").read_text() for name in ("said", "state"))
    known = re.search(r"(\[[^]]*\])\.includes\(asked\)", state)
    stripes = re.search(r"STRIPES = (\[.*\]);", said)
    spread = re.search(r"SPREAD = (\{.*\});", said)
    assert known and sorted(json.loads(known[1])) == sorted(grids.SORTS)
    assert stripes and tuple(json.loads(stripes[1])) == number_classes.STRIPES
    assert spread
    found = json.loads(re.sub(r"(\d):", r'"\1":', spread[1]))
    assert {int(k): tuple(v) for k, v in found.items() if k != "0"} == number_classes.SPREAD
