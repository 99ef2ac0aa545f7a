"""What the sources are that can be chosen: how many records each has, and what it covers."""

from data.storage.meta_types import SourceMeta, TableMeta
from data.views.filters import period, source_option
from data.views.sql import covered_days
from ui.frame.look import plain


def source_captions(meta: TableMeta, options: tuple[str, ...]) -> list[str]:
    """What each source that can be chosen is, as markdown that shows it as it is: who speaks, its
    days, and how many records it has."""
    known = {source_option(source["name"]): source for source in meta["sources"]}
    return [plain(_caption(known[name])) if name in known else "" for name in options]


def _caption(source: SourceMeta) -> str:
    kind = "demonstration" if source["made"] else source["kind"]
    days = covered_days(source)
    says = [kind, *([period(*days)] if days else []), f"{source['rows']:,} records"]
    return ", ".join(says)
