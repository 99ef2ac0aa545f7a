"""The list of published articles: what newsrooms reported, as they printed it.

It stands by itself. Nothing here is matched to community reports, and no community number
depends on it.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from data import words
from data.privacy.closed_periods import closed_months
from data.privacy.decided_events import sensitive_by
from data.privacy.policy import Policy
from data.privacy.tables import ARTICLES, COLUMNS
from data.sources import Source, read_catalogue, source_of
from data.storage import batches
from data.storage.database import literal, query
from data.storage.store import Store

PRESS = "press/articles"
_READ = (
    *("incident_id", "local_date", "time_precision", "kind", "source", "source_kind", "grade"),
    *("setting", "area_label", "text", "attributes", "source_url"),
)


def read_press(store: Store) -> pd.DataFrame:
    """The press records that count, the newest of each id, as `press_articles` asks for them.

    `paper` and `title` come from the columns that the source's mapping keeps by these names, else
    the paper is the source's title, and the title our own words where the catalogue says that the
    source's texts are such. `link_read` is what that column says, or "".
    """
    parts = " UNION ALL ".join(
        f"SELECT {', '.join(_READ)}, {i} AS batch FROM {literal(file)}"
        for i, file in enumerate(batches.live_files(store))
    )
    if not parts:
        return _described(pd.DataFrame(columns=list(_READ)), {})
    table = query(
        store.root,
        f"""WITH parts AS ({parts})
            SELECT {", ".join(_READ)} FROM (
                SELECT * FROM parts
                WHERE incident_id IN (SELECT incident_id FROM parts WHERE source_kind = 'press')
                QUALIFY row_number() OVER (PARTITION BY incident_id ORDER BY batch DESC) = 1)
            WHERE source_kind = 'press'""",
    )
    return _described(table.to_pandas(), read_catalogue(store.root))


def _described(frame: pd.DataFrame, known: dict[str, Source]) -> pd.DataFrame:
    """The records with what their source's other columns say."""
    rows = []
    for source, text, attributes in zip(frame["source"], frame["text"], frame["attributes"]):
        told, described = _attributes(attributes), source_of(source, known)
        own = text if described.own_words and isinstance(text, str) else ""
        rows.append(
            {
                "paper": _plain(told.get("paper")) or _plain(described.title),
                "title": _plain(told.get("title")) or _plain(own),
                "link_read": _plain(told.get("link_read")),
            }
        )
    more = pd.DataFrame(rows, frame.index, ["paper", "title", "link_read"], dtype=object)
    return pd.concat([frame.drop(columns=["text", "attributes"]), more], axis=1)


def _attributes(text: object) -> Mapping[str, Any]:
    """The other columns of a record, by their names in small letters."""
    read = json.loads(text) if isinstance(text, str) else {}
    return {str(name).strip().casefold().replace(" ", "_"): value for name, value in read.items()}


def _plain(value: object) -> str:
    """A text in one line, without marks that cannot be seen."""
    text = "" if value is None else " ".join(str(value).split())
    return "".join(letter for letter in text if letter.isprintable())


def press_articles(press: pd.DataFrame, policy: Policy, as_of: date) -> pd.DataFrame:
    """The articles as of a date: those of `read_press` that nobody doubts.

    One that is disputed, rejected or gone from the store is in no later list. A row appears
    when its month of the city is published, one that names an area with its quarter.
    """
    doubted = ~press["grade"].isin(["on_record", *policy.grades])
    found = press[~doubted & press["kind"].isin(list(words.CODES["kind"]))]
    sensitive = sensitive_by(policy).of(found)
    open_ = pd.Series(~sensitive, found.index)
    day = pd.to_datetime(found["local_date"]).to_numpy("datetime64[D]")
    text = pd.Series(day.astype(str), found.index, dtype=object)
    monthly = found["time_precision"] == "month"
    rows = pd.DataFrame(
        {
            "period": text.where(~monthly, text.str[: len("2026-01")]),
            "paper": found["paper"],
            "title": found["title"].where(open_, ""),
            "kind": found["kind"].astype(object),
            "area_written": found["area_label"].map(_plain, na_action="ignore").where(open_, ""),
            "url": [
                _link(links, read) for links, read in zip(found["source_url"], found["link_read"])
            ],
        },
        dtype=object,
    )
    rows = rows.fillna("").assign(url=rows["url"].where(open_, ""))[COLUMNS[ARTICLES]]
    months = closed_months(as_of, policy)
    month = text.str[: len("2026-01")]
    city = (rows["area_written"] == "") & month.isin(months.city)
    shown = rows[city | month.isin(months.area)]
    # whatever the order and the rows of the files
    ordered = shown.sort_values(COLUMNS[ARTICLES], ignore_index=True)
    return ordered.where(ordered != "", None)


def _link(links: object, read: str) -> str:
    """The address of an article that somebody read there; "" where that is not stated.

    Of several addresses nobody says which was read. Only what a browser opens as a page counts.
    """
    many = [] if links is None else [str(link) for link in links]  # type: ignore[attr-defined]
    if len(many) != 1 or not _was_read(read):
        return ""
    try:
        parts = urlsplit(many[0])
        fine = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return ""
    clean = many[0].isprintable() and not re.search(r'[\s<>"\\]', many[0])
    return many[0] if fine and clean else ""


def _was_read(stated: str) -> bool:
    """Return whether somebody stated that they read an article at its address: yes, or when."""
    if stated.casefold() in ("yes", "true"):
        return True
    try:
        return bool(date.fromisoformat(stated))
    except ValueError:
        return False
