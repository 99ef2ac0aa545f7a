"""Incidents on the map: clusters of what the window shows, or single ones where few are."""

import hashlib

import numpy as np

from data import palette, words
from data.maps import heat_surface, incidents
from data.maps.heat_surface import Seen
from data.maps.incidents import Cells
from data.palette import Theme
from data.views.answers import Answer
from data.views.filters import period
from data.views.view import View
from geo.mercator import Grid, grid_over
from ui.cached import map_layers, views
from ui.map.choices import MapChoices
from ui.map.patch import Legend, MapLegendRow, Picture

_ZOOM = 11.0  # before the map has said what it shows
AHEAD = 0.35  # of what is seen: when less is left around it, more is asked for already
MOST_AROUND = 1200  # single incidents beyond the window's edge that are sent with it


def incident_patch(view: View, answer: Answer, theme: Theme, asked: MapChoices) -> Picture:
    """The patch of the incidents: cells with counts by kind, and when to ask again."""
    over = views.outline(view)
    every = map_layers.located(view)
    if over is None or not every:
        return {"legend": {"title": "None of the chosen records has a point"}}
    whole = heat_surface.bounds(over)
    seen = asked.seen or Seen(whole[0][1], whole[0][0], whole[1][1], whole[1][0], _ZOOM)
    n = count_in_sight(view, seen)
    single = n < incidents.FEW
    shift = incidents.level(seen.zoom, single, view, views.current(view.stamp))
    grid = _window(view, seen, shift, single)
    name = hashlib.sha256(repr(view).encode()).hexdigest()[:10]
    held = asked.held if asked.held and asked.held[:2] == (name, shift) else None
    but = Grid(shift, held[2], held[3], held[5], held[4]) if held else None
    kinds, colors = _kinds(view, theme)
    found = map_layers.cells(view, grid, but)
    return {
        "incidents": {
            "view": name,
            "level": shift,
            "box": [grid.column, grid.row, grid.width, grid.height],
            "held": list(held[2:]) if held else None,
            "single": single,
            "cells": _listed(found),
            "colors": colors,
            "rest": palette.REST,
            "kinds": {int(code): words.spoken(words.TABLES["kind"][code].code) for code in kinds},
            "sight": {"window": asked.seen, "n": n},
            "of": answer.headline["n"],
        },
        "legend": _legend(view, answer, every, kinds, colors),
        "asks": {
            "bounds": grid.bounds,
            "zooms": _zooms(seen.zoom),
            "ahead": 0 if single else AHEAD,
        },
    }


def count_in_sight(view: View, seen: Seen) -> int:
    """Count the incidents in sight: the one count of the legend and of the list."""
    return map_layers.located(view, incidents.sight(seen, view, views.current(view.stamp)))


def _window(view: View, seen: Seen, shift: int, single: bool) -> Grid:
    """Cells over what is seen and as much on every side; less where that would be many."""
    high, wide = seen.north - seen.south, seen.east - seen.west
    bounds = [[seen.south - high, seen.west - wide], [seen.north + high, seen.east + wide]]
    grid = grid_over(bounds, shift)
    if single and map_layers.located(view, grid) > MOST_AROUND:
        return grid_over([[seen.south, seen.west], [seen.north, seen.east]], shift)
    return grid


def _zooms(zoom: float) -> tuple[float, float]:
    """The zooms at which cells of the same size are drawn."""
    whole = float(np.floor(zoom + 0.5))
    return whole - 0.5, whole + 0.5


def _kinds(view: View, theme: Theme) -> tuple[list[int], dict[int, str]]:
    """The codes of the View's kinds by size, and the colors of the first of them."""
    counts = views.series(view, "kind").groupby("code")["n"].sum()
    codes = [int(c) for c in counts.sort_values(ascending=False, kind="stable").index]
    hexes = palette.DARK_KIND_COLORS if theme.dark else palette.KIND_COLORS
    return codes, dict(zip(codes, hexes))


def _listed(found: Cells) -> list[list[int]]:
    """One row a cell: column, row, place, least precision, then kind and count by turns."""
    rows: list[list[int]] = []
    last = None
    weight = 0
    for x, y, kind, n, east, south, precision in zip(*(v.tolist() for v in found)):
        if (x, y) != last:
            rows.append([x, y, east, south, precision, kind, n])
            last, weight = (x, y), n
            continue
        row = rows[-1]
        both = weight + n  # the place of all kinds together
        row[2] += (east - row[2]) * n // both
        row[3] += (south - row[3]) * n // both
        row[4] = max(row[4], precision)
        row += [kind, n]
        weight = both
    return rows


def _legend(
    view: View, answer: Answer, every: int, kinds: list[int], colors: dict[int, str]
) -> Legend:
    """Kinds with their colors; the title, which counts what is in sight, is the map's."""
    rows: list[MapLegendRow] = [
        {"color": colors[code], "text": words.spoken(words.TABLES["kind"][code].code)}
        for code in kinds
        if code in colors
    ]
    if len(kinds) > len(colors):
        rows.append({"color": palette.REST, "text": "other kinds"})
    without = answer.headline["n"] - every
    note = period(view.start, view.end)
    if without:
        note += f". {without:,} have no point"
    if incidents.coarse(view, views.current(view.stamp)):
        note += ". Places shown to the block"
    return {"title": "Incidents", "rows": rows, "note": note}
