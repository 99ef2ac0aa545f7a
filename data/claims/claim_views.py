"""The Views that a claim is tested by, read from the links of its entry."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from urllib.parse import parse_qs

from data.claims.claims_file import Part, TestKind
from data.settings import Problem, Settings
from data.sources import Source
from data.storage.meta_types import TableMeta
from data.views import export, links
from data.views.filters import source_option
from data.views.view import NOTHING, View

COPY = "Open Records and copy its link from Share, from behind the question mark on"
# a part of a View that has to be the same in a share's two Views
_SAME = ("sources", "start", "end", "night", "area_set", "since")
# what says how a View is shown, not which records it holds
_SHOWN = ("stamp", "measure", "compare", "versus_start", "versus_end", "settled_by")


@dataclass(frozen=True)
class PartViews:
    """The Views of a part, and the sources that it names of which this store has no record.

    None where a part has no View, or where its source has no record.
    """

    view: View | None = None
    beside: View | None = None
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class ViewReader:
    """What links are read with; `described` are all sources that are described, by name."""

    meta: TableMeta
    settings: Settings
    described: Mapping[str, Source]
    now: datetime

    def read_part(self, part: Part, where: str) -> PartViews:
        """The Views of a part. Problem says which field of which entry cannot be read."""
        view, absent = self._read(part.view, f"{where}: view")
        beside, absent_beside = self._read(part.beside, f"{where}: beside")
        found = PartViews(view, beside, tuple(dict.fromkeys((*absent, *absent_beside))))
        if view is not None:
            _check(part, view, beside, where)
        return found

    def _read(self, query: str, where: str) -> tuple[View | None, tuple[str, ...]]:
        query = query.strip().lstrip("?")
        if not query:
            return None, ()
        parts = parse_qs(query)
        absent = self._absent(parts.get("source", []), where)
        if absent:
            return None, absent
        view, wrong = links.view(export.chosen(f"?{query}"), self.meta, self.settings, self.now)
        told = (*wrong, *links.misread(parts, self.meta, (links.SETTLED, links.STAMP)))
        if told:
            shown = dict.fromkeys(t.part if isinstance(t, links.Ignored) else t for t in told)
            raise Problem(f"{where} cannot be read: {', '.join(shown)}. {COPY}.")
        return view, ()

    def _absent(self, named: list[str], where: str) -> tuple[str, ...]:
        """The source that a link names, if it is described and has no record in this store."""
        if len(named) != 1:
            raise Problem(f"{where} names {len(named) or 'no'} sources; it is to name one. {COPY}.")
        described = {source_option(name): name for name in self.described}
        here = {source_option(s["name"]) for s in self.meta["sources"] if s["rows"]}
        (option,) = map(source_option, named)
        if option in here:
            return ()
        if option not in described:
            raise Problem(
                f"{where} names the source {option[:40]!r}, which is neither in this store nor "
                "described. `python -m data sources` lists those that are."
            )
        return (described[option],)


def _check(part: Part, view: View, beside: View | None, where: str) -> None:
    """Problem where the Views of a part do not fit its test."""
    if part.test in (TestKind.RISES, TestKind.FALLS) and view.compare == NOTHING:
        raise Problem(
            f"{where}: view has nothing to compare with: choose “Compared with” under When first."
        )
    if beside is None:
        return
    if (view.sources, view.start, view.end) != (beside.sources, beside.start, beside.end):
        raise Problem(
            f"{where}: view and beside are to be of one source and one period: sources that cover "
            "different times or places are never set against each other."
        )
    if part.test is TestKind.SHARE and (wider := _not_within(view, beside)):
        raise Problem(
            f"{where}: view is to be a part of beside, for a share; they differ in {wider}."
        )


def _not_within(view: View, whole: View) -> str:
    """The first field by which a View may hold records that another does not; "" where none."""
    for field in fields(View):
        mine, other = getattr(view, field.name), getattr(whole, field.name)
        if field.name in _SHOWN or mine == other:
            continue
        if field.name in _SAME or other:
            return field.name
    return ""
