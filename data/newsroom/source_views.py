"""The same question to each source: a View a source, over its own period unless one was chosen."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from data.record import last_of_month
from data.settings import Settings
from data.storage.meta_types import SourceMeta, TableMeta
from data.views import export, links
from data.views.coverage import source_days
from data.views.filters import source_option
from data.views.view import NOTHING, View

# official records first, then the press, then what people reported
_ORDER = ("official", "press", "community")


def has_own_period(view: View, meta: TableMeta) -> bool:
    """Return whether a View asks for all that its sources cover: then no period was chosen."""
    return (view.start, view.end) == source_days(view.sources, meta)


def views_by_source(
    view: View,
    meta: TableMeta,
    settings: Settings,
    now: datetime,
    settled: str,
    records_it: Callable[[SourceMeta], bool],
) -> list[View]:
    """The View of each source that records something, official ones first.

    They are read back from the link, so that community reports too young to be shown stay
    hidden; `settled` is the moment that a link froze, or empty.
    """
    chosen = export.chosen(f"?{links.query(view, meta)}") | {"compare": NOTHING}
    if has_own_period(view, meta):
        chosen = {word: text for word, text in chosen.items() if word not in ("from", "to")}
    if settled:
        chosen[links.SETTLED] = settled
    found = [source for source in meta["sources"] if source["rows"] and records_it(source)]
    found.sort(key=lambda source: _ORDER.index(source["kind"]))
    return [
        links.view(chosen | {"source": [source_option(s["name"])]}, meta, settings, now)[0]
        for s in found
    ]


def within_month(view: View, month: date) -> View:
    """The View of one of its months, from the month's first day or the View's own."""
    start, end = max(view.start, month), min(view.end, last_of_month(month))
    return replace(view, start=start, end=end)


def frozen_moment(views: list[View]) -> str:
    """The moment by which community reports of some Views had settled, for their link; empty where
    no View has any."""
    moments = [one.settled_by for one in views if one.settled_by]
    return min(moments).isoformat(timespec="minutes") if moments else ""


def first_view(shown: Sequence[View], view: View) -> View:
    """The View that a page of several sources is about: the reader's own source, else the first."""
    return next((one for one in shown if one.sources == view.sources), shown[0])
