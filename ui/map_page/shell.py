"""The first picture of the Map: words, ranks and areas as HTML that needs no script.

It stands in the page itself, so that a reader sees the city while the scripts still load, and only
for the View that nobody has chosen anything of. All text in it is escaped.
"""

import threading
from datetime import datetime
from html import escape

import streamlit as st
from streamlit import runtime

from data.maps import sketch
from data.palette import DARK, LIGHT, Theme, pale_edges
from data.settings import STATIC
from data.views import links
from data.views.answers import Answer
from data.views.view import View
from ui import identity
from ui.cached import views
from ui.filters import filter_bar
from ui.frame import frame, language, menu, top_bar
from ui.map import area_layer, layers, leaflet
from ui.map.choices import MapChoices
from ui.map_page import panel_list, welcome
from ui.parts import headline, ranks

_NO_CHOICE = MapChoices()
_HATCHES = {"nodata": "M0 13L13 0", "residents": "M0 0L13 13", "few": "M0 6.5H13"}
_one_at_a_time = threading.Lock()


def page_shell() -> str:
    """The HTML of the View that opens now; "" where the store has nothing to show.

    It follows the store: a new stamp is another picture.
    """
    with _one_at_a_time:
        _open_store()
        stamp = views.stamp()
        hour = views.now().replace(minute=0, second=0, microsecond=0)
        return _shell(stamp, hour) if stamp else ""


# nothing here may show a spinner: there is no page yet to show it on. What is called within a
# function that shows none shows none either
@st.cache_resource(show_spinner=False)
def _open_store() -> None:
    if runtime.exists():  # else there is no server, as in tests
        leaflet.register_component()
    views.current_settings()
    views.store()


@st.cache_data(max_entries=2, show_spinner=False)
def _shell(stamp: str, hour: datetime) -> str:
    meta = views.meta(stamp)
    if not meta["rows"]:
        return ""
    view = links.view({}, meta, views.current_settings(), hour)[0]
    view = views.measured(view)
    return shell_html(view, views.answer(view))


def shell_html(view: View, answer: Answer) -> str:
    """The picture of a View: bars, panel, map, and the style of all of them."""
    drawn, style = _map(view, answer)
    room = (
        ' style="--porch-top:calc(var(--porch-bars) + var(--porch-notice-high))"'
        if frame.view_notices(view)
        else ""
    )
    css = (STATIC / "shell.css").read_text(encoding="utf-8")
    soon = "".join(f'<link rel="prefetch" href="{escape(url)}">' for url in _needed(view))
    return (
        f"<style>{css}{style}</style>{soon}"  # first: parts that are drawn without it would move
        f'<div id="porch-shell" inert{room}>{_bars(view)}<div class="side">{_words(view, answer)}'
        f'</div>{drawn}<div class="strip"></div></div>'
    )


def _needed(view: View) -> list[str]:
    """The files that the map's frame will ask for one after the other."""
    return [*leaflet.frame_files(), views.shapes_url(view)]


def _bars(view: View) -> str:
    meta = views.meta(view.stamp)
    named = [*menu.sections(identity.anybody()), language.english()("bar.help")]
    names = "".join(f"<span>{escape(name)}</span>" for name in named)
    pills = "".join(f"<span>{escape(name)}</span>" for name in filter_bar.pill_names(view, meta))
    counted = filter_bar.count_html(views.headline(view)["n"], view, meta)
    return (
        f"<header>{top_bar.brand(meta['place']['name'])}<nav>{names}</nav><u></u>"
        f'<i class="box find"></i><i class="box"></i></header><div class="pills">{pills}{counted}</div>'
    )


def _words(view: View, answer: Answer) -> str:
    """What the panel says, as `ui.map_page.panel` has it."""
    title = layers.title(view, answer, "areas", _NO_CHOICE)
    rows = ranks.ranked_rows(answer, view)
    listed = ranks.ranks_html(rows[: ranks.FIRST], view, len(rows), {}) if rows else ""
    toggle = '<i class="box"></i>' if panel_list.is_asked(view, answer) else ""
    number = escape(headline.number_line(view, answer))
    return (
        f'<h1>{escape(title)}</h1><p class="number">{number}</p>'
        f"{welcome.welcome_html(view)}{toggle}{listed}"
    )


def _map(view: View, answer: Answer) -> tuple[str, str]:
    """The areas as the map colors them, and the style of their colors in light and dark."""
    found = sketch.sketch(views.current(view.stamp), view.area_set, view.settled_by, view.sources)
    if found is None:
        return '<div class="map"></div>', ""
    light, dark = ([*_fills(view, answer, theme)] for theme in (LIGHT, DARK))
    paths: dict[tuple[str, str], str] = {}
    for both, path in zip(zip(light, dark), found.areas):
        paths[both] = paths.get(both, "") + path
    drawn = "".join(f'<path class="f{k}" d="{d}"/>' for k, d in enumerate(paths.values()))
    place = escape(views.meta(view.stamp)["place"]["name"])
    svg = (
        f'<div class="map"><i class="box layers"></i><svg viewBox="0 0 {found.width} {found.height}" role="img" '
        f'aria-label="Map of {place}"><defs>{_hatches()}</defs>{drawn}'
        f'<path class="place" d="{found.outline}"/></svg></div>'
    )
    return svg, _colors(list(paths))


def _fills(view: View, answer: Answer, theme: Theme) -> list[str]:
    return list(area_layer.fills(view, answer, theme, _NO_CHOICE)["fills"] or ())


def _hatches() -> str:
    return "".join(
        f'<pattern id="porch-{name}" width="13" height="13" patternUnits="userSpaceOnUse">'
        f'<path d="{d}" stroke="currentColor" stroke-opacity=".55"/></pattern>'
        for name, d in _HATCHES.items()
    )


def _colors(fills: list[tuple[str, str]]) -> str:
    """A rule for each pair of fills: in light, and where the browser asks for dark."""
    rules = []
    for theme, side in ((LIGHT, 0), (DARK, 1)):
        edges = pale_edges(theme)
        each = "".join(
            f"#porch-shell .f{k}{{{_color(both[side], theme, edges)}}}"
            for k, both in enumerate(fills)
        )
        rules.append(f"@media (prefers-color-scheme:dark){{{each}}}" if theme.dark else each)
    return "".join(rules)


def _color(fill: str, theme: Theme, edges: dict[str, str]) -> str:
    """The look that static/map/fills.js gives a fill."""
    color = fill.removeprefix("~")
    if color.startswith("#"):
        return f"fill:{color};stroke:{edges.get(color, theme.edge)}"
    edge = edges.get(theme.paper, theme.edge)
    if fill in _HATCHES:
        return f"fill:url(#porch-{fill});stroke:{edge}"
    return f"fill:{LIGHT.control};fill-opacity:.35;stroke:{edge}"
