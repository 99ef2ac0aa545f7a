"""The members of a zip: which may be read, which are tables, and patterns that tell them apart."""

import re
import stat
from collections.abc import Sequence
from fnmatch import fnmatchcase
from glob import escape
from pathlib import Path, PurePosixPath
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from data.files.form import Form
from data.files.text_file import MOST_RATIO, PIECE
from data.settings import Problem
from data.words import listed

MOST_MEMBERS = 10_000
OR = "|"  # between patterns
DAMAGED = (
    "{file} is cut off or damaged: it cannot be unpacked. Nothing was imported; fetch it again."
)
_TABLES = listed(
    ".csv .tsv .tab .gz .json .jsonl .ndjson .geojson .xlsx .xlsm .xlsb .xls .ods .parquet "
    ".geoparquet .kml .kmz .gpkg"
)
_ZIPS = frozenset((".zip", ".7z", ".rar", ".tar", ".tgz"))
_ABOUT = re.compile(r"(read.?me|licen[cs]e|copying|notes?|metadata|changelog|about)\b.*", re.I)
_JUNK = re.compile(r"(^|/)(__MACOSX/|\.|Thumbs\.db$|desktop\.ini$)", re.I)
_OFFICE = ("[Content_Types].xml", "mimetype")  # a document of an office program
_PACKED_BY = (ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA)
Members = list[tuple[str, ZipInfo]]


def open_archive(file: Path) -> ZipFile:
    """A zip, open to be read. Problem where it is none."""
    try:
        return ZipFile(file)
    except (BadZipFile, NotImplementedError, ValueError):
        raise Problem(DAMAGED.format(file=file.name)) from None


def choose_members(file: str, archive: ZipFile, form: Form) -> tuple[Members, list[str]]:
    """The members that are to be read, by name, and the names of the others.

    Problem where there is none, or where one of them could do harm.
    """
    found = _listed(file, archive)
    if form.member:
        chosen = [pair for pair in found if _matches(pair[0], form.member)]
        if not chosen:
            raise Problem(
                f'{file}: --member "{form.member}" fits none of its files: {_shown(found)}.'
            )
    else:
        chosen = _tables(file, found)
    inner = [name for name, _ in chosen if _suffix(name) in _ZIPS]
    if inner:
        raise Problem(
            f"{file} holds another archive, {inner[0]}: unpack {file} and import what is in it, or "
            "say with --member which of its other files is meant."
        )
    _check(file, chosen, form.most_bytes)
    names = {name for name, _ in chosen}
    return chosen, [name for name, _ in found if name not in names and not _JUNK.search(name)]


def _listed(file: str, archive: ZipFile) -> Members:
    """All files of an archive by name. Problem where a name could lead out of it."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise Problem(
            f"{file} holds {len(members):,} files; {MOST_MEMBERS:,} are the most. Import it in parts."
        )
    found: dict[str, ZipInfo] = {}
    for info in members:
        name = info.filename.replace("\\", "/")
        parts = name.split("/")
        link = stat.S_ISLNK(info.external_attr >> 16)
        if link or ".." in parts or name.startswith("/") or re.match(r"[A-Za-z]:", name):
            what = "a link" if link else "a name that leads out of the archive"
            raise Problem(f"{file} holds {what} ({ascii(name)[:80]}): nothing of it was read.")
        if info.is_dir() or name.endswith("/"):
            continue
        if name in found:
            raise Problem(f"{file} holds {name} twice: which is meant cannot be told.")
        found[name] = info
    return sorted(found.items())


def _tables(file: str, found: Members) -> Members:
    """The members whose names say that they are tables; else such that could be."""
    if any(name in _OFFICE for name, _ in found):
        raise Problem(
            f"{file} is a document of an office program, no table: save the table in it as CSV."
        )
    own = [pair for pair in found if not _JUNK.search(pair[0])]
    zips = [pair for pair in own if _suffix(pair[0]) in _ZIPS]
    chosen = [pair for pair in own if _suffix(pair[0]) in _TABLES]
    plain = [pair for pair in own if _suffix(pair[0]) in (".txt", "")]
    texts = [pair for pair in plain if not _ABOUT.fullmatch(PurePosixPath(pair[0]).name)]
    if not (chosen or zips or texts):
        raise Problem(f"{file} holds no table that can be read: {_shown(found)}.")
    return [*(chosen or texts), *zips]


def _check(file: str, chosen: Members, most: int) -> None:
    """Problem where members cannot be unpacked, or would unpack to more than a table does."""
    for name, info in chosen:
        if info.flag_bits & 1:
            raise Problem(
                f"{file}: {name} is encrypted. Unpack it with its password and import what comes out."
            )
        if info.compress_type not in _PACKED_BY:
            raise Problem(
                f"{file}: {name} is packed in a way that cannot be read here. Unpack it and import "
                "what comes out."
            )
        # an archive unpacks to no more than it states: what it states is judged
        if info.file_size > max(info.compress_size * MOST_RATIO, PIECE):
            raise Problem(
                f"{file}: {name} unpacks to more than {MOST_RATIO} times its size, which no table "
                "does: it was not imported. Unpack it yourself if you trust it."
            )
    total, packed = sum(i.file_size for _, i in chosen), sum(i.compress_size for _, i in chosen)
    if total > most:
        raise Problem(f"{file} unpacks to more than {most:,} bytes. Import it in parts.")
    if total > max(packed * MOST_RATIO, PIECE):
        raise Problem(
            f"{file} unpacks to more than {MOST_RATIO} times its size, which no table does: it was "
            "not imported. Unpack it yourself if you trust it."
        )


def tell_apart(groups: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """A pattern for each group of names that fits all of its own and none of another group."""
    return tuple(
        _pattern(group, [name for other in groups if other is not group for name in other])
        for group in groups
    )


def _pattern(group: Sequence[str], others: Sequence[str]) -> str:
    end = _common_start([name[::-1] for name in group])[::-1]
    begin = _common_start(group)
    if len(group) > 1:  # "*-street.csv", not "*n-street.csv"
        cut = re.search(r"[-_/. ]", end)
        end = end[cut.start() :] if cut else end
    tries = [f"*{escape(end)}"] if len(group) > 1 else [escape(group[0])]
    tries += [f"{escape(begin)}*", f"{escape(begin)}*{escape(end)}"]
    fits = (p for p in tries if not any(_matches(name, p) for name in others))
    return next(fits, OR.join(escape(name) for name in group))


def _common_start(names: Sequence[str]) -> str:
    first, last = min(names), max(names)
    return first[: next((i for i, (a, b) in enumerate(zip(first, last)) if a != b), len(first))]


def _matches(name: str, pattern: str) -> bool:
    return any(fnmatchcase(name, one.strip()) for one in pattern.split(OR))


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _shown(found: Members) -> str:
    names = [name for name, _ in found]
    more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return (", ".join(names[:5]) + more) or "nothing"
