"""Tables of police data that OpenPoliceData lists (https://github.com/openpolicedata, BSD 3-Clause).

Its list is a CSV that is fetched, never a part of ours; its Python package, which reads the same
list, needs an older pandas than this project.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from data import words
from data.cities.fetched import open_web
from data.settings import Problem, place_slug, settings_path
from data.storage.area_names import fold, printable

LIST = "https://raw.github.com/openpolicedata/opd-data/main/opd_source_table.csv"
CREDIT = (
    "List of tables: OpenPoliceData, https://github.com/openpolicedata/opd-data (BSD 3-Clause)."
)
_NEEDED = ("State", "SourceName", "Agency", "TableType", "Year", "URL", "DataType")
_LAYER = re.compile(r"^https?://\S+/(?:Feature|Map)Server/\d+")
_FOUR = re.compile(r"[a-z0-9]{4}-[a-z0-9]{4}")
_ANY_AGENCY = {"MULTI", "MULTIPLE", "NONE"}
_LONGEST_CELL = 1_000_000
_LONGEST_NAME = 64


@dataclass(frozen=True)
class KnownTable:
    """One table of the list. `kind`, `address` and `dataset` are those of a feed that reads it;
    without an address no feed of ours does. `first` and `last` are years, 0 where not told."""

    state: str
    source: str
    agency: str
    table: str
    first: int
    last: int
    kind: str
    address: str
    dataset: str
    page: str

    @property
    def years(self) -> str:
        """The years that it covers: "2014 to 2025"."""
        ends = [str(year) for year in dict.fromkeys((self.first, self.last)) if year]
        return " to ".join(ends) or "years not told"

    @property
    def name(self) -> str:
        """A short name for its feed: police department, table and years."""
        years = (year for year in dict.fromkeys((self.first, self.last)) if year)
        return place_slug(" ".join(map(str, (self.source, self.table, *years))))[:_LONGEST_NAME]

    def covers(self, year: int) -> bool:
        """Return whether it may hold records of a year."""
        return (self.first or year) <= year <= (self.last or year)

    def lines(self, name: str) -> list[str]:
        """What it is, and a table [pull.NAME] for porchlight.toml, or how else to get it."""
        head = f"# {self.source}, {self.state}: {self.table}, {self.years}"
        if not self.address:
            return [
                head,
                f"# No feed reads it ({self.kind}); download it: {self.page or 'no address'}",
            ]
        stated = {"kind": self.kind, "address": self.address, "dataset": self.dataset}
        entries = [f'{word} = "{text}"' for word, text in stated.items() if text]
        mapped = (
            f'map = "{name}.toml"    # python -m data import FILE --dry-run --save-map writes one'
        )
        page = [f"# {self.page}"] if self.page else []
        return [head, *page, f"[pull.{name}]", *entries, 'source_kind = "official"', mapped]


def read_list(file: Path) -> list[KnownTable]:
    """The tables of the list in a CSV. Problem where it is not that list."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise Problem(
                    f"{file.name} is not the list of OpenPoliceData: no column {missing[0]}."
                )
            return [_table(row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Problem(f"{file} cannot be read as the list of tables: {error}.") from None


def _table(row: Mapping[str, str | None]) -> KnownTable:
    whole = {name: (text or "").strip() for name, text in row.items() if name}
    cells = {name: printable(text) for name, text in whole.items()}
    first, last = _years(cells)
    kind, address, dataset = _feed(whole)
    return KnownTable(
        state=cells["State"],
        source=cells["SourceName"],
        agency="" if cells["Agency"] in _ANY_AGENCY else cells["Agency"],
        table=cells["TableType"].lower(),
        first=first,
        last=last,
        kind=kind,
        address=address,
        dataset=dataset,
        page=_plain(whole.get("source_url", "")) or _plain(whole["URL"]),
    )


def _feed(row: Mapping[str, str]) -> tuple[str, str, str]:
    """The kind, address and data set of a feed that reads a table; no address where none does."""
    kind, url, dataset = row["DataType"], row["URL"], row.get("dataset_id", "")
    if kind == "Socrata" and _FOUR.fullmatch(dataset):
        host = url.removeprefix("https://").strip("/")
        return "socrata", _plain(f"https://{host}"), dataset
    if kind == "ArcGIS" and (layer := _LAYER.match(url)):
        return "arcgis", _plain(layer.group()), ""
    if kind == "CSV" and not dataset:
        return "file", _plain(url), ""
    return printable(kind), "", ""


def _plain(url: str) -> str:
    """The address if it can stand in a TOML text as it is; "" otherwise."""
    fits = (
        url.startswith("https://") and url.isascii() and not re.search(r'[\s"\\<>\x00-\x1f]', url)
    )
    return url if fits else ""


def _years(row: Mapping[str, str]) -> tuple[int, int]:
    """The first and last year that a table covers; 0 where it does not say."""
    if row["Year"].isdigit():
        return int(row["Year"]), int(row["Year"])
    ends = [_date(row.get(name, "")) for name in ("coverage_start", "coverage_end")]
    first, last = (day.year if day else 0 for day in ends)
    return first, last


def _date(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%m/%d/%Y").date()
    except ValueError:
        return None


def fetch_list(target: Path) -> None:
    """Fetch the list anew; the one before stays where that fails or is no list."""
    came = target.with_name(f".{target.name}.came")
    try:
        with open_web(LIST) as web:
            web.file(LIST, came, {})
        read_list(came)
        came.replace(target)
    finally:
        came.unlink(missing_ok=True)


def find_tables(tables: list[KnownTable], place: str) -> list[KnownTable]:
    """The tables whose police department or state has every word of a place's name."""
    wanted = fold(place).split()
    if not wanted:
        raise Problem('Say which place, for example: python -m data find "Denver"')
    return [one for one in tables if set(wanted) <= set(_words(one))]


def _words(table: KnownTable) -> Iterator[str]:
    for text in (table.state, table.source, table.agency):
        yield from fold(text).split()


def describe(tables: list[KnownTable], place: str) -> Iterator[str]:
    """Lines on the tables that were found, each with the text that makes it a feed."""
    if not tables:
        yield (
            f"The list has no table of {printable(place)}. Does the city or county publish files? "
            "python -m data import FILE reads them."
        )
        return
    yield f"{words.counted(len(tables), 'table')} of {printable(place)}. To use one, copy its text to {settings_path()}:"
    seen: Counter[str] = Counter()
    for table in tables:
        seen[table.name] += 1
        again = seen[table.name]
        yield ""
        yield from table.lines(table.name if again == 1 else f"{table.name}-{again}")
