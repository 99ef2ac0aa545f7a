"""The public map: a number with its range in every area."""

import streamlit as st

from data import palette
from data.embed.language import capital
from data.embed.sentences import class_text
from data.numbers import area_states
from data.numbers.area_states import MapLegendRow, State
from data.palette import Theme
from data.published import number_classes
from data.published.number_classes import CLASS_LOOKS, STRIPES, ZERO
from ui.frame import look
from ui.frame.language import say, speak
from ui.map import leaflet
from ui.map.patch import Patch, Picture, area_patch
from ui.public import public_cached, public_choice, public_words
from ui.public.public_frame import Shown


@st.fragment
def show_public_map(found: Shown, key: str) -> None:
    """The map of what was asked for; nothing where a release has no areas."""
    shapes = public_cached.shapes(found.release, found.choice.where)
    if shapes is None:
        return
    what = public_words.kind_words(found.choice, speak())
    period = speak().period(found.choice.period) if found.choice.period else ""
    title = say("map.label", place=found.kept.place, what=what, period=period)
    leaflet.draw(key, title, shapes.bounds, patch(found, shapes))


def patch(found: Shown, shapes: public_cached.Shapes) -> Patch:
    """Everything that the map shows."""
    theme = look.theme()
    name = f"{found.release.id} {found.choice.where}"
    # joined names are long: written only where there is room
    areas = area_patch(theme, name, released_tips(found), order=[], edge=theme.quiet)
    return {**areas, "geojson": shapes.features, **fills(found, theme)}


def released_tips(found: Shown) -> list[list[str]]:
    """The lines of the tooltip of each area."""
    told = []
    for _, row in found.rows.iterrows():
        if not row["asked"]:
            told.append([say("state.unchosen")])
            continue
        more = ["said.more"] if row["rise"] else []
        more += ["class.striped"] if row["look"] in STRIPES else []
        lines = [public_words.number(row, found.choice), speak().period(found.choice.period)]
        told.append([capital(line) for line in (*lines, *map(say, more))])
    return told


def fills(found: Shown, theme: Theme) -> Picture:
    """Each area in the color of its class; in stripes of two where its range reaches that far."""
    rows, choice = found.rows, found.choice
    colors = dict(zip(CLASS_LOOKS, palette.five_classes(theme))) | {
        ZERO: theme.paper,
        "": theme.ramp[1],
    }
    colors |= {name: f"~{colors[f'r{name[1]}']}{colors[f'r{name[2]}']}" for name in STRIPES}
    drawn = [
        colors[name] if wanted else area_states.fill(State.NOT_CHOSEN, theme)
        for name, wanted in zip(rows["look"], rows["asked"])
    ]
    own = public_choice.area_map(found.kept.numbers, choice)
    legend: list[MapLegendRow] = []
    if own is not None:
        shown = number_classes.class_rows(own.classes, int(own.grid.number.max(initial=0)))
        legend = [
            {"color": colors[row.look], "text": class_text(row, speak())} for row in shown[::-1]
        ]
        if choice.exact and (rows["look"] == ZERO).any():
            legend.append({"color": theme.paper, "text": "0"})
        if rows["look"].isin(STRIPES).any():
            both = {
                "color": colors[CLASS_LOOKS[0]],
                "stripe": colors[CLASS_LOOKS[-1]],
                "weak": True,
            }
            legend.append({**both, "text": say("class.striped")})  # type: ignore[typeddict-item]
    if not rows["asked"].all():
        plain = area_states.state_legend([State.NOT_CHOSEN], theme)
        legend += [{**row, "text": say("state.unchosen")} for row in plain]
    by_rate = own is not None and own.classes.by_rate
    every = say(f"every.{choice.unit}")
    title = say("legend.rate" if by_rate else "legend.count", every=every)
    kind = capital(public_words.kind_words(choice, speak()))
    note = f"{kind}, {speak().period(choice.period)}" if choice.period else ""
    if own is not None and not own.classes.exact:
        expected = speak().short(own.classes.shown[1])
        note += f". {say('legend.expected', n=expected)}"
    return {"fills": drawn, "legend": {"title": title, "rows": legend, "note": note}}
