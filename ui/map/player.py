"""The time player: frames sent ahead to the map, and the table that moves with them."""

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st

from data import palette, words
from data.maps import frames
from data.maps.frames import FrameCounts, Steps
from data.numbers import area_states, measures
from data.numbers.area_states import State
from data.palette import Theme
from data.views import recording
from data.views.answers import Answer
from data.views.view import View
from geo import classes
from ui.cached import map_layers, views
from ui.map import area_layer, heat_layer
from ui.map.choices import MapChoices
from ui.map.patch import FrameTable, Picture, PlayerFrames, class_rows
from ui.parts import charts, component

STILL, AUTOMATIC = "Still", "automatic"
UNITS = {"by day": "day", "by week": "week", "by month": "month", "by hour of day": "hour"}
PLAYS = (STILL, AUTOMATIC, *UNITS)  # what a reader chooses from
WIDTHS = (1, 2, 3, 4, 8, 12)
_WIDTH = re.compile(r"(\d+) (?:a frame|(?:day|week|month|hour)s? per frame)")
FEW_DAYS = 28  # of a View: automatic frames are days
MOST_WEEKS = frames.MOST_FRAMES  # with more, automatic frames are months
LAYERS = ("areas", "heat")
_SHOWN = 15  # areas in the table
_MOST = 400  # areas whose counts are sent


class Played(NamedTuple):
    """The content of a player; `totals` are the incidents of each frame, in areas or not."""

    steps: Steps
    counted: FrameCounts
    labels: list[str]
    totals: list[int]


def width_words(unit: str) -> dict[str, int]:
    """How many units a frame may take together, in words."""
    return {f"{n} {unit}{'s' if n > 1 else ''} per frame": n for n in WIDTHS}


def read_width(text: str) -> int | None:
    """The units of a frame as any link says them, of whatever unit; None where none does."""
    said = _WIDTH.fullmatch(text)
    return int(said[1]) if said and int(said[1]) in WIDTHS else None


def resolve(play: str, view: View) -> str:
    """A row of UNITS for what a reader chose; STILL where the map does not play."""
    if play != AUTOMATIC:
        return play if play in UNITS else STILL
    if map_layers.is_by_month(view) or view.days > MOST_WEEKS * 7:
        return "by month"
    return "by day" if view.days < FEW_DAYS else "by week"


def playing(asked: MapChoices, layer: str) -> bool:
    """Return whether the map is a player now."""
    return asked.play in UNITS and layer in LAYERS


def played(view: View, asked: MapChoices) -> Played:
    """The frames that a reader has asked for."""
    steps = map_layers.steps(view, UNITS[asked.play], asked.width)
    counted = map_layers.framed(view, steps)
    totals = steps.taken(counted.n).tolist() if steps.frames else []
    return Played(steps, counted, steps.labels(), totals)


def why_nothing(found: Played) -> str:
    """The reason why there is nothing to play; empty where there is something."""
    if not found.steps.frames:
        return f"No whole {found.steps.unit} in this period"
    if found.counted.nothing:
        known = "known hour" if found.steps.unit == "hour" else f"whole {found.steps.unit}"
        return f"None of the chosen records is known to be in a {known}"
    return ""


def player_patch(
    view: View, answer: Answer, layer: str, theme: Theme, asked: MapChoices
) -> Picture:
    """The changes to the map's patch while it plays."""
    found = played(view, asked)
    if layer == "heat" and not recording.is_count(view, views.meta(view.stamp)):
        return {"frames": None}  # the layer itself says why there is no heat
    if why := why_nothing(found):
        return {"legend": {"title": why}, "fills": None, "heat": None, "frames": None}
    drawn = _heat if layer == "heat" else _fills
    counts = found.counted.areas[:_MOST].T.tolist() if len(answer.table) <= _MOST else None
    sent: PlayerFrames = {"labels": found.labels, "keys": found.steps.keys(), "counts": counts}
    return drawn(view, answer, theme, asked, found, sent)


def _heat(
    view: View, answer: Answer, theme: Theme, asked: MapChoices, found: Played, sent: PlayerFrames
) -> Picture:
    """The heat of each frame as a picture, all on one scale."""
    over = views.outline(view)
    if over is None or answer.headline["n"] <= answer.headline["no_point"]:
        return {"frames": sent}
    urls, bounds, top = map_layers.pictures(view, found.steps, asked.bandwidth, asked.scale, theme)
    hours = " in these hours" if found.steps.unit == "hour" else ""
    note = f"One scale for all {len(urls)} frames"
    legend = heat_layer.legend(top, theme, asked.bandwidth, note)
    return {
        "heat": {"url": urls[-1], "bounds": bounds},
        "legend": {**legend, "title": legend["title"] + hours},
        "frames": {**sent, "pictures": urls},
        "asks": None,
    }


def _fills(
    view: View,
    answer: Answer,
    theme: Theme,
    asked: MapChoices,  # noqa: ARG001
    found: Played,
    sent: PlayerFrames,
) -> Picture:
    """The class of each area in each frame, the same limits for all."""
    values = _values(view, answer, found.counted.areas)
    states = area_layer.states(view, answer)
    lower = classes.limits(values[states == State.COUNTED])
    colors = palette.classes(theme, len(lower))
    every = classes.assign(values, lower)
    looks = np.where(every >= 0, every + 1, 0)  # 0: nothing here in this frame
    others = [state for state in area_states.STATE_LOOKS if state in set(states)]
    for i, state in enumerate(others, len(colors) + 1):
        looks[states == state] = i
    zero = [State.ZERO] if (looks == 0).any() else []
    per = "Incidents per 1,000 residents" if view.measure == measures.RATE else "Incidents"
    texts = measures.class_texts(lower, view.measure != measures.RATE)
    rows = class_rows(colors, texts) + area_states.state_legend([*others, *zero], theme)
    note = f"One scale for all {found.steps.frames} frames"
    note += f"; {charts.MONTHS}" if found.steps.unit == "month" else ""
    note += area_layer.approximate(view)
    return {
        "fills": [theme.paper] * len(values),
        "legend": {"title": f"{per} a frame", "tip": measures.LIMITS, "rows": rows, "note": note},
        "frames": {
            **sent,
            "looks": [theme.paper, *colors, *(area_states.fill(s, theme) for s in others)],
            "fills": ["".join(chr(97 + v) for v in column) for column in looks.T.tolist()],
        },
    }


def _values(view: View, answer: Answer, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    if view.measure != measures.RATE:
        return counts.astype(float)
    people = answer.table["population"].to_numpy(float)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(people > 0, 1000 * counts / people, np.nan)


def left_out(view: View, answer: Answer, asked: MapChoices) -> str:
    """Sentences on what no frame shows, and how to see it."""
    found = played(view, asked)
    said = []
    if found.steps.left:
        each = words.counted(found.steps.left, f"earlier {found.steps.unit}")
        said.append(f"The newest {found.steps.frames} frames; {each} not here: move To for them.")
    if found.counted.without:
        out = f"{found.counted.without:,} of {answer.headline['n']:,} incidents lie in no frame"
        said.append(f"{out}: in part of a {found.steps.unit}, earlier, or known less exactly.")
    return " ".join(said)


def frame_table(view: View, answer: Answer, asked: MapChoices) -> None:
    """The areas with the most incidents of the frame on show."""
    found = played(view, asked)
    if why_nothing(found) or not (answer.covered and answer.placed):
        return
    held = answer.table["asked"].to_numpy(bool)
    data: FrameTable = {
        "names": [measures.area_name(name) for name in answer.table["area"][held]],
        "most": _SHOWN,
        "counts": found.counted.areas[held].T.tolist(),
        "labels": found.labels,
        "totals": found.totals,
        "no_rate": area_states.no_rate(answer.table[held]),
        "people": [
            None if np.isnan(p) or not p else int(p)
            for p in answer.table["population"].to_numpy(float)[held]
        ],
    }
    component.component("frame_table")(key="player_table", data=data)
    if said := left_out(view, answer, asked):
        st.text(said)
