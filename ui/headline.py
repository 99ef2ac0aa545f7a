"""The headline: one number, and how it changed."""

import streamlit as st

from data.answers import Answer
from data.filters import period
from data.view import View
from ui import cached


def show(view: View, answer: Answer) -> None:
    """The number of incidents and its change against the compared period."""
    counted = cached.headline(view)
    with st.container(key="headline"):
        number, change = st.columns([1.25, 1.75], vertical_alignment="center")
        number.text(f"{counted['n']:,}" if answer.covered else "no data")
        number.text(f"{noun(view)}, {period(view.start, view.end)}")
        change.text(sentence(answer))


def noun(view: View) -> str:
    """What is counted, in the source's words."""
    said = [s["says"] for s in cached.meta(view.stamp)["sources"] if s["name"] in view.sources]
    return " and ".join(said)[:60]


def sentence(answer: Answer) -> str:
    """The change of all incidents in words, or why there is none."""
    if answer.change is None:
        return answer.why
    ratio, low, high = (float(v[0]) for v in answer.change[:3])
    percent = f"{abs(ratio - 1) * 100:.0f} %"
    span = f"95 % interval of the ratio {low:.2f} to {high:.2f}"
    against = f"{answer.compared} ({answer.before:,}, whole {answer.step}s)"
    match int(answer.change.sure[0]):
        case 1:
            return f"{percent} more a {answer.step} than in {against}; {span}."
        case -1:
            return f"{percent} fewer a {answer.step} than in {against}; {span}."
    return f"No clear change from {against}: ratio {ratio:.2f}, {span}."


def title(view: View, answer: Answer) -> str:
    """The sentence that the map says."""
    from ui import layers

    ranked = layers.ranked(answer.table, view)
    if view.measure == layers.RATE:  # what rests on a few incidents leads no headline
        ranked = ranked[~ranked["unreliable"]]
    # hexagons go by the area that they lie in, each named once
    names = [name.partition(", hexagon")[0] for name in ranked["area"].head(12)]
    top = list(dict.fromkeys(names))[:3]
    if len(", ".join(top)) > 44:
        top = top[:2]
    what = noun(view).capitalize()
    if not answer.covered:
        return f"{what}: no data in this period"
    if not top and answer.table["n"].any():
        return f"{what}: too few in any area for a reliable rate"
    if not top:
        return f"{what}: none in this View"
    where = top[0] if len(top) == 1 else f"{', '.join(top[:-1])} and {top[-1]}"
    per = " per resident" if view.measure == layers.RATE else ""
    return f"{what}{per}: most in {where}"
