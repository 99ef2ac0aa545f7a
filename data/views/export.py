"""All records of a View in a file: what the download buttons and the command write."""

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from data import words
from data.settings import Problem, Settings, first_step
from data.storage.meta_types import TableMeta
from data.storage.store import Current, Store
from data.views import links, view_counts, whole_records
from data.views.filters import FILTERS
from data.views.points import COMMUNITY
from data.views.sql import chosen_sources
from data.views.view import View
from data.words import TEAM_ONLY

COLUMNS_TOLD = (
    "one row is one incident; what each column means stands on the page of data and methods. "
    "time_precision says how well the time is known: at month, local_date is the first of the "
    "month and occurred_at its first moment, and neither says the day. "
    "attributes holds the source's other columns, without those on persons unless asked for "
    "by name."
)


def about(
    current: Current, view: View, rows: int, link: str, columns: str = COLUMNS_TOLD
) -> dict[str, str]:
    """The facts that a file states of itself: View, sources, link, data, rows, columns."""
    meta = current.meta
    told = chosen_sources(view, meta)
    return team_mark(view, meta) | {
        "Porchlight": meta["place"]["name"],
        "View": links.sentence(view, meta, view_counts.headline(current, view)),
        "Sources": "; ".join(f"{s['title']} ({s['licence']})" for s in told),
        "Covers": " ".join(s["covers"] for s in told),
        "Link": link,
        "Data": view.stamp,
        "Time zone": meta["place"]["zone"],
        "Rows": f"{rows}",
        "Columns": columns,
    }


def team_mark(view: View, meta: TableMeta) -> dict[str, str]:
    """What a file says first of itself where it is for the team only; nothing where it is not."""
    return {TEAM_ONLY: "it holds community reports"} if has_community(view, meta) else {}


def has_community(view: View, meta: TableMeta) -> bool:
    """Return whether a View may hold community reports, which nobody may publish from here."""
    return any(source["kind"] == COMMUNITY for source in chosen_sources(view, meta))


def file_stem(view: View, meta: TableMeta) -> str:
    """A file name that says place, source and period, and if it is for the team only."""
    mark = " team-only" if has_community(view, meta) else ""
    text = f"{meta['place']['name']} {' '.join(view.sources)} {view.start} {view.end}{mark}"
    return slug(text)


def slug(text: str) -> str:
    """A text as a part of a file name: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def chosen(link: str) -> dict[str, object]:
    """The choices of a link, by filter word."""
    several = {row.word for row in FILTERS if row.many}
    parts = parse_qs(urlsplit(link).query)
    return {word: v if word in several else v[-1] for word, v in parts.items()}


def write_records(store: Store, settings: Settings, file: Path, link: str) -> str:
    """Write the records that a link asks for; a sentence on what was written."""
    address = urlsplit(link.strip())
    if link.strip() and not (address.query or address.scheme or address.path.startswith("/")):
        raise Problem(
            f"--link is {link.strip()[:60]!r}, which is no link. Copy it whole from Copy link, in "
            "quotes: a shell cuts it at &."
        )
    suffixes = {suffix: make for suffix, _, make in whole_records.FORMATS.values()}
    named = [make for suffix, make in suffixes.items() if file.name.endswith(f".{suffix}")]
    if not named:
        *first, last = (f".{suffix}" for suffix in suffixes)
        endings = f"{', '.join(first)} or {last}"
        raise Problem(f"{file.name}: end the name with {endings}.")
    make = named[-1]  # .excel.csv stands after .csv
    stamp = store.stamp()
    if stamp is None or not store.at(stamp).meta["rows"]:
        raise Problem(first_step(settings))
    current = store.at(stamp)
    view, wrong = links.view(chosen(link), current.meta, settings, datetime.now(UTC))
    parts = parse_qs(urlsplit(link).query)  # pages have words of their own: layer, name ...
    wrong = (*wrong, *links.misread(parts, current.meta, parts))
    if wrong:
        raise Problem(f"The link cannot be met: {' '.join(links.sentences(wrong))}")
    table = whole_records.everything(current, view)
    told = about(current, view, table.num_rows, f"?{links.query(view, current.meta)}")
    file.write_bytes(make(table, told))
    return f"{file.name}: {words.counted(table.num_rows, 'record')}. {told['View']}"
