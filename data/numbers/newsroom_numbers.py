"""The numbers of Police response and of Force and harm: a row a source, so that none is added up."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from data import words
from data.newsroom import harms, month_chart, responses, sentences
from data.newsroom.harms import Harms
from data.newsroom.responses import POLICE, Responses
from data.newsroom.source_views import first_view, views_by_source
from data.numbers import specs
from data.numbers.about_view import about_view
from data.numbers.numbers import PageNumbers
from data.palette import LIGHT
from data.pictures.figure import Chart, Figure
from data.settings import Problem, load_settings
from data.storage.meta_types import SourceMeta, TableMeta
from data.storage.store import Current
from data.views import links
from data.views.recording import changes_between
from data.views.view import View

RESPONSE_MEASURE = "Records a month by what local police did, each city by itself"
HARM_MEASURE = "Records by kind of force and harm; one record may have several"
_CITIES = 6  # that a picture has room for
_OF_RECORDS = (
    "Records of each source by itself; shares in the title are of all its records, then of those that "
    "say anything."
)
_INTERVALS = (
    "Counts of records have no sampling error. Shares have 95% intervals by Wilson's score, which take "
    "records as independent; there are none where fewer than 20 records say anything."
)


def _views(
    current: Current,
    view: View,
    page: Mapping[str, str],
    records_it: Callable[[SourceMeta], bool],
    what: str,
) -> list[View]:
    """The View of the chosen source where it records something, else those of every source that
    does. Problem where none does."""
    settled = page.get(links.SETTLED, "")
    now = datetime.now(UTC)
    shown = views_by_source(view, current.meta, load_settings(), now, settled, records_it)
    if not shown:
        raise Problem(f"No source of this store records {what}.")
    # a cite of one source holds no other: the press may be printed, community reports may not
    return [one for one in shown if one.sources[0] in view.sources] or shown


def _said_of_all(current: Current, shown: Sequence[View], not_recorded: str) -> dict[str, Any]:
    """What the numbers of some sources say of them all; first what a record that says nothing does
    not mean."""
    abouts = [about_view(current, one, by_area=False) for one in shown]
    return {
        "sentence": " ".join(one.sentence for one in abouts),
        "denominator": _OF_RECORDS,
        "uncertainty": _INTERVALS,
        "lacks": " ".join([not_recorded, *(one.lacks for one in abouts)]),
        "sources": tuple(source for one in shown for source in one.sources),
    }


def number_responses(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """How local police responded, by source, city and month."""
    shown = _views(current, view, page, responses.records_response, sentences.WHAT)
    found = [responses.count_responses(current, one) for one in shown]
    first = found[shown.index(first_view(shown, view))]
    rows = pd.concat([_response_rows(one) for one in found], ignore_index=True)
    return PageNumbers(
        title=sentences.title_responses(first, current.meta),
        subtitle=RESPONSE_MEASURE,
        table=rows,
        columns={
            "source": "Who recorded it. Sources are never added up.",
            "city": "The city that the records name; those in the areas are in the place itself.",
            "month": "The month, local time.",
            "response": "What local police did, by the record; not recorded: it does not say.",
            "n": "Records.",
        },
        key=("source", "city", "month", "response"),
        compared=("n",),
        method="Police response by city and month",
        figure=draw_responses(current.meta, first),
        alt=" ".join(["Stacked bars by month, a row a city.", *sentences.say_responses(first)]),
        **_said_of_all(current, shown, sentences.NOT_NO),
    )


def _response_label(code: str) -> str:
    return words.label(POLICE.column, code)


def _response_rows(found: Responses) -> pd.DataFrame:
    (source,) = found.view.sources
    spoken = found.counts["response"].map(_response_label)
    month = found.counts["month"].dt.strftime("%Y-%m")
    rows = found.counts[["city", "n"]].assign(source=source, month=month, response=spoken)
    return rows[["source", "city", "month", "response", "n"]]


def draw_responses(meta: TableMeta, found: Responses) -> Chart:
    """Stacked bars by month, a row for each of the cities with most records."""
    codes = [word.code for word in words.TABLES["response"]]
    every = month_chart.color_words(codes[1:] + codes[:1], POLICE.silent, LIGHT.dark)
    shown = found.counts[found.counts["city"].isin(found.cities[:_CITIES])]
    here = set(shown["response"]) or {*every}
    used = {_response_label(c): color for c, color in every.items() if c in here}
    if shown.empty:  # a row of bars a city would be no picture at all
        shown = shown.drop(columns="city")
    top = int(shown.groupby(["city", "month"])["n"].sum().max()) if len(shown) else 1
    spec = month_chart.stacked_months(
        shown.assign(what=shown["response"].map(_response_label)),
        used,
        changes_between(found.view, meta, found.view.start, found.view.end),
        LIGHT,
        _span(shown["month"], found.view),
        top,
        legend=True,
    )
    return Chart({"$schema": specs.SCHEMA, **spec})


def _span(months: pd.Series, view: View) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and last of some months; those of the View where no record has any."""
    if len(months):
        return months.min(), months.max()
    first, last = (pd.Timestamp(day).replace(day=1) for day in (view.start, view.end))
    return first, last


def number_harms(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """What force was used and what harm was done, by source, month, area and city."""
    what = "what force was used or what harm was done"
    shown = _views(current, view, page, harms.records_harm, what)
    found = [harms.count_harms(current, one) for one in shown]
    first = found[shown.index(first_view(shown, view))]
    rows = pd.concat([_harm_rows(one) for one in found], ignore_index=True)
    return PageNumbers(
        title=sentences.title_harms(first, current.meta),
        subtitle=HARM_MEASURE,
        table=rows,
        columns={
            "source": "Who recorded it. Sources are never added up.",
            "by": "What the row is of: all, a month, an area or a city.",
            "name": "The month, the area or the city; empty where the row is of all.",
            "what": "The kind of force or harm; not recorded: the record does not say.",
            "n": "Records of it.",
            "of": "All records of the row.",
        },
        key=("source", "by", "name", "what"),
        compared=("n",),
        method="Force and harm",
        figure=draw_harms(first),
        alt=" ".join(["Bars by kind of force and harm.", *sentences.say_harms(first)]),
        **_said_of_all(current, shown, sentences.NOT_NOBODY),
    )


def draw_harms(found: Harms) -> Figure:
    """Bars of the kinds of force and harm that some record has."""
    rows = _harm_rows(found)
    return specs.bars(rows[(rows["by"] == "all") & (rows["n"] > 0)], "what", "n", "records")


def _harm_rows(found: Harms) -> pd.DataFrame:
    """A row for each kind of force and harm: of all, then of each month, area and city."""
    (source,) = found.view.sources
    months = found.months.assign(month=found.months["month"].dt.strftime("%Y-%m"))
    every = pd.DataFrame([{"all": "", **found.total}])
    parts = [("all", every), ("month", months), ("area", found.areas), ("city", found.cities)]
    long = [_long(source, by, frame) for by, frame in parts if len(frame)]
    return pd.concat(long, ignore_index=True)


def _long(source: str, by: str, frame: pd.DataFrame) -> pd.DataFrame:
    names: Sequence[str] = [one.name for one in harms.ALL_WORDS]
    labels = {one.name: f"{one.column}: {words.spoken(one.word)}" for one in harms.ALL_WORDS}
    rows = frame.melt([by, "of"], names, "what", "n").rename(columns={by: "name"})
    rows = rows.assign(source=source, by=by, what=rows["what"].map(labels))
    return rows[["source", "by", "name", "what", "n", "of"]]
