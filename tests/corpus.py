"""Broken and odd files, each with what an import must make of it."""

import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

CANARY = "Zzyzx Qwfpgj"  # stands where a person's name would; must appear nowhere
HEADER = "id,date,lat,lon,kind\n"
GOOD = "1,2024-03-01 10:00,44.97,-93.26,shooting\n"
NEXT = "2,2024-03-02 11:30,44.98,-93.27,sighting\n"
LAST = "3,2024-03-03 12:45,44.96,-93.25,other\n"


@dataclass(frozen=True)
class Case:
    """A file and what becomes of it: rows kept and rejected by reason, or a Problem.

    `lines` are the file lines of the rejected rows in order.
    """

    name: str
    content: bytes
    kept: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    lines: tuple[int, ...] = ()
    problem: str = ""
    notes: dict[str, int] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    file: str = "calls.csv"
    repeats: int = 0


def text(*rows: str, header: str = HEADER) -> bytes:
    """A file of a header and rows in UTF-8."""
    return (header + "".join(rows)).encode()


def case(name: str, *rows: str, header: str = HEADER, **expected: Any) -> Case:
    """A file in UTF-8 and what is expected of it."""
    return Case(name, text(*rows, header=header), **expected)


def dated(name: str, *dates: str, **expected: Any) -> Case:
    """A file with these dates and nothing else odd."""
    rows = [f"{i},{d},44.97,-93.26,other\n" for i, d in enumerate(dates)]
    return case(name, *rows, **expected)


def placed(name: str, *places: str, header: str = "lat,lon", **expected: Any) -> Case:
    """A file with these places and nothing else odd."""
    rows = [f"{i},2024-03-01,{p},other\n" for i, p in enumerate(places)]
    return case(name, *rows, header=f"id,date,{header},kind\n", **expected)


CELLS = "too few or too many cells"
QUOTE = "a quote opens here and never closes"
FORMAT = "the date does not fit the format of the file"
NO_TIME = "no time"
FUTURE = "a date in the future (more than a day after the import)"
UNREAD = "the coordinate cannot be read as a number"
RANGE = "the coordinate is out of range"
FAR = "far outside the place"
SWAPPED = "latitude and longitude are swapped (exchanged they lie in the place)"
ONE_ONLY = "only one of latitude and longitude is given"
NOWHERE = "no place at all"
NO_RULE = "unknown kind without a rule"
BLANK = "blank lines, which are no rows"
TOO_LONG = "longer than 1,048,576 bytes"
CP1252 = "read as Windows text (cp1252): it is no UTF-8"


def encodings() -> Iterator[Case]:
    yield case("plain", GOOD, NEXT, LAST, kept=3)
    yield Case("bom", b"\xef\xbb\xbf" + text(GOOD, NEXT), kept=2)
    yield Case("utf-16 little", (HEADER + GOOD + NEXT).encode("utf-16"), kept=2)
    big = b"\xfe\xff" + (HEADER + GOOD).encode("utf-16-be")
    yield Case("utf-16 big", big, kept=1)
    bare = (HEADER + GOOD * 9).encode("utf-16-le")
    yield Case("utf-16 without mark", bare, problem="utf-16-le")
    told = {"encoding": "utf-16-le"}
    yield Case("utf-16 without mark, told", bare, kept=9, options=told, repeats=8)
    windows = "id,date,lat,lon,kind,barrio\n1,2024-03-01,44.97,-93.26,other,Peña\n"
    yield Case("cp1252", windows.encode("cp1252"), kept=1, notes={CP1252: 0})
    yield Case("latin-1, told", windows.encode("latin-1"), kept=1,
               options={"encoding": "latin-1"})  # fmt: skip
    yield Case("unknown encoding", text(GOOD), problem="no such encoding",
               options={"encoding": "klingon"})  # fmt: skip
    mixed = "1,2024-03-01,44.97,-93.26,other,Peña Peña Peña\n" * 9
    content = (
        text(mixed, header="id,date,lat,lon,kind,area\n")
        + b"9,2024-03-01,44.97,-93.26,other,\xf1\n"
    )
    yield Case("one bad byte in utf-8", content, kept=10, repeats=8,
               notes={"bytes that are no UTF-8 (1) stand as \ufffd in the text": 0})  # fmt: skip


def delimiters() -> Iterator[Case]:
    for mark, name in ((";", "semicolon"), ("\t", "tab"), ("|", "pipe")):
        yield case(f"{name}", *(r.replace(",", mark) for r in (GOOD, NEXT)),
                   header=HEADER.replace(",", mark), kept=2)  # fmt: skip
    comma = "1;2024-03-01;44,97;-93,26;other\n2;2024-03-02;44,98;-93,27;other\n"
    yield case("decimal comma", comma, header=HEADER.replace(",", ";"), kept=2)
    yield case("excel's sep line", HEADER.replace(",", ";"), GOOD.replace(",", ";"),
               header="sep=;\n", kept=1)  # fmt: skip
    yield case("unknown delimiter", GOOD, problem="--delimiter", options={"delimiter": "#"})
    for end, name in (("\r\n", "crlf"), ("\r", "cr")):
        content = (HEADER + GOOD + NEXT + "x\n").replace("\n", end).encode()
        yield Case(name, content, kept=2, rejected={CELLS: 1}, lines=(4,))
    yield case("no line end at the end", GOOD, NEXT.rstrip("\n"), kept=2)
    yield case("blank lines", "\n", GOOD, "\n \n", NEXT, "\n", "x\n", kept=2, rejected={CELLS: 1},
               notes={BLANK: 4}, lines=(8,))  # fmt: skip
    yield case("trailing commas", GOOD.replace("\n", ",,\n"), kept=1,
               notes={"rows with empty cells beyond the last column": 1})  # fmt: skip


def quotes() -> Iterator[Case]:
    wide = "id,date,lat,lon,kind,text\n"
    told = '1,2024-03-01,44.97,-93.26,other,"two\nlines, and ""quotes"""\n'
    yield case(
        "quoted line ends", told, "x\n", header=wide, kept=1, rejected={CELLS: 1}, lines=(4,)
    )
    stray = '1,2024-03-01,44.97,-93.26,other,"never closed\n'
    plain = "2,2024-03-02,44.97,-93.26,other,fine\n"
    yield case("unterminated quote", stray, plain, header=wide, kept=1,
               rejected={QUOTE: 1}, lines=(2,))  # fmt: skip
    yield case("unterminated quote before quoted rows", stray, told.replace("1,", "3,", 1), plain,
               header=wide, kept=2, rejected={QUOTE: 1}, lines=(2,))  # fmt: skip
    many = plain * 1500
    yield case("unterminated quote far above another", stray, many, stray, header=wide,
               kept=1500, repeats=1499, rejected={QUOTE: 2}, lines=(2, 1503))  # fmt: skip
    inch = '1,2024-03-01,44.97,-93.26,other,a 5" pipe\n'
    yield case("quote inside a cell", inch, plain, header=wide, kept=2)
    after = '1,2024-03-01,44.97,-93.26,other,"said" he\n'
    yield case("text after a quote", after, plain, header=wide, kept=2)
    spaced = '1, 2024-03-01, 44.97, -93.26, other, "a, b"\n'
    yield case("blanks before a quote", spaced, header=wide, kept=1)
    cut = '1,2024-03-01,44.97,-93.26,other,"fine"\n2,2024-03-01,44.97,-93.26,other,"cut o'
    yield case("truncated in a quote", cut, header=wide, kept=1, rejected={QUOTE: 1}, lines=(3,))
    yield case("truncated in a row", GOOD, "2,2024-03-0", kept=1, rejected={CELLS: 1}, lines=(3,))


def shapes() -> Iterator[Case]:
    yield Case("empty", b"", problem="is empty")
    yield Case("only blanks", b"\n \n\n", problem="is empty")
    yield case("header only", problem="0 kept + 0 rejected = 0 rows")
    yield case("ragged", GOOD, "2,2024-03-02\n", NEXT.replace("\n", ",more\n"), LAST,
               kept=2, rejected={CELLS: 2}, lines=(3, 4))  # fmt: skip
    yield case("cells empty", ",,,,\n", GOOD, kept=1, rejected={NO_TIME: 1}, lines=(2,))
    yield case("duplicate headers", "1,2024-03-01,44.97,-93.26,other,2023-01-01,x\n",
               header="id,date,lat,lon,kind,date,kind\n", kept=1,
               notes={"columns with the same header were numbered": 0})  # fmt: skip
    yield case("empty header", "1,2024-03-01,44.97,-93.26,other,\n",
               header="id,date,lat,lon,kind,\n", kept=1)  # fmt: skip
    yield Case("no header", text(GOOD, NEXT, header=""), problem="--columns")
    names = {"columns": ("id", "date", "lat", "lon", "kind"), "no_header": True}
    yield Case("no header, named", text(GOOD, NEXT, header=""), kept=2, options=names)
    few = {"columns": ("id", "date"), "no_header": True}
    yield Case("no header, too few names", text(GOOD, header=""), problem="2 columns", options=few)
    huge = f"2,2024-03-02,44.97,-93.26,{'x' * 1_200_000}\n"
    yield case("huge cell", GOOD, huge, LAST, kept=2, rejected={TOO_LONG: 1}, lines=(3,))
    quoted = f'2,2024-03-02,44.97,-93.26,"{"x" * 1_200_000}"\n'
    yield case("huge quoted cell", GOOD, quoted, LAST, kept=2, rejected={QUOTE: 1}, lines=(3,))
    yield case(
        "one line of 3 MB", GOOD, "x" * 3_000_000, kept=1, rejected={TOO_LONG: 1}, lines=(3,)
    )
    yield case("control characters", GOOD.replace("other", "ot\x07her"), NEXT.replace("sigh", "si\x00gh"),
               kept=2, notes={"control characters that were taken out": 1})  # fmt: skip
    yield case("marks of direction", GOOD.replace("shoot", "\u202eshoot\u202c"), kept=1)
    yield Case("gzip", gzip.compress(text(GOOD, NEXT)), kept=2, file="calls.csv.gz")
    yield Case(
        "gzip cut off", gzip.compress(text(GOOD * 500))[:-20], problem="cut off", file="a.csv.gz"
    )
    bomb = gzip.compress(HEADER.encode() + b"0" * (40 << 20))
    yield Case("gzip bomb", bomb, problem="unpacks to more", file="bomb.csv.gz")
    yield Case("zip", b"PK\x03\x04" + b"\x00" * 400, problem="cut off or damaged")
    yield Case("binary", bytes(range(256)) * 20, problem="no plain text")
    yield Case("larger than allowed", text(GOOD), problem="larger", options={"most_bytes": 20})
    yield case("formulas", '1,2024-03-01,44.97,-93.26,"=HYPERLINK(""http://x"")"\n', GOOD, kept=1,
               rejected={NO_RULE: 1}, lines=(2,))  # fmt: skip


def times() -> Iterator[Case]:
    yield dated(
        "day and month swappable", "03/04/2024", "05/06/2024", problem='--date-format "%d/%m/%Y"'
    )
    told = {"date_format": "%d/%m/%Y"}
    yield dated("day first, told", "03/04/2024", "05/06/2024 10:30", kept=2, options=told)
    yield dated("day first, found", "03/04/2024", "25/12/2023", kept=2)
    yield dated("month first, found", "03/04/2024 1:05 PM", "12/25/2023 11:00 AM", kept=2)
    yield dated(
        "day and month contradict", "13/04/2024", "04/13/2024", problem="line 2 does not fit"
    )
    yield dated("two-digit years", "03/31/24", "12/25/23", kept=2)
    yield dated("month names", '"March 1, 2024"', '"Sept. 12, 2023"', kept=2)
    yield dated("german", "1. März 2024", "12. Dezember 2023", kept=2)
    yield dated("compact", "20240301", "20231225", kept=2)
    yield dated("epoch", "1709287200", "1709287201", kept=2)
    yield dated("months only", "2024-03", "2023-12", kept=2)
    yield dated("offsets", "2024-03-01T10:00:00Z", "2024-03-01T10:00:00.5+05:30", kept=2)
    yield dated(
        "one bad date",
        "2024-03-01",
        "2024-02-30",
        "soon",
        kept=1,
        rejected={FORMAT: 2},
        lines=(3, 4),
    )
    yield dated(
        "no date",
        "2024-03-01",
        "",
        "NA",
        "Unknown Date",
        kept=1,
        rejected={NO_TIME: 3},
        lines=(3, 4, 5),
    )
    yield dated("old and future", "2024-03-01", "1899-12-31", "2099-01-01", kept=1,
                rejected={"a date before 1900": 1, FUTURE: 1}, lines=(3, 4))  # fmt: skip
    yield dated("no dates at all", "soon 1", "later 2", problem="--date-format")
    yield dated(
        "a format that is none",
        "2024-03-01",
        problem="no date format",
        options={"date_format": "%Q%Y"},
    )
    yield dated("skipped hour", "2024-03-10 02:30", "2024-03-10 03:30", kept=2,
                notes={"times that the clock skipped in spring were moved forward by the gap": 1})  # fmt: skip
    yield dated("hour that exists twice", "2024-11-03 01:30", "2024-11-03 02:30", kept=2,
                notes={"times that exist twice in autumn were taken as the first": 1})  # fmt: skip
    yield dated(
        "unknown zone", "2024-03-01", problem="no time zone", options={"zone": "Mars/Olympus"}
    )
    clock = "id,date,time,lat,lon,kind\n"
    yield case("date and time apart", "1,2024-03-01,13:45,44.97,-93.26,other\n",
               "2,2024-03-01,,44.97,-93.26,other\n", "3,2024-03-01,25:00,44.97,-93.26,other\n",
               header=clock, kept=2, lines=(4,),
               rejected={"the time of day does not fit the format of the file": 1})  # fmt: skip


def places() -> Iterator[Case]:
    yield placed(
        "out of range",
        "44.97,-93.26",
        "144.97,-93.26",
        "44.97,-393.26",
        kept=1,
        rejected={RANGE: 2},
        lines=(3, 4),
    )
    yield placed(
        "null island",
        "44.97,-93.26",
        "0,0",
        "0.0,0.0",
        kept=1,
        rejected={"the coordinate is 0/0": 2},
    )
    yield placed(
        "nan",
        "44.97,-93.26",
        "NaN,NaN",
        "nan,-93.26",
        kept=1,
        rejected={"the coordinate is NaN or infinite": 2},
    )
    yield placed(
        "swapped", "44.97,-93.26", "-93.26,44.97", kept=1, rejected={SWAPPED: 1}, lines=(3,)
    )
    yield placed("one only", "44.97,-93.26", "44.97,", ",-93.26", kept=1, rejected={ONE_ONLY: 2})
    yield placed("far away", "44.97,-93.26", "34.05,-118.24", kept=1, rejected={FAR: 1})
    yield placed("words", "44.97,-93.26", "north,west", kept=1, rejected={UNREAD: 1})
    yield placed(
        "degree signs", "44.97°N,93.26°W", "44° 58' 12\" N,93° 15' 36\" W".replace('"', "″"), kept=2
    )
    yield placed("nothing", "44.97,-93.26", ",", kept=1, rejected={NOWHERE: 1})
    yield placed(
        "area only", "44.97,-93.26,Central", ",,Central", header="lat,lon,neighborhood", kept=2
    )
    yield placed(
        "city only",
        "44.97,-93.26,Minneapolis",
        ",,Burnsville",
        ",,",
        header="lat,lon,city",
        kept=2,
        rejected={NOWHERE: 1},
    )
    yield placed(
        "one column",
        '"44.97, -93.26"',
        '"(44.98, -93.27)"',
        '"44,97; -93,26"',
        "here",
        header="location",
        kept=3,
        rejected={UNREAD: 1},
    )
    yield placed(
        "well-known text",
        "POINT (-93.26 44.97)",
        "POINT(-93.27 44.98)",
        "POLYGON (())",
        header="geom",
        kept=2,
        rejected={UNREAD: 1},
    )
    yield placed("projected, not told", "4979500,479500", header="y,x", problem="--crs")
    yield placed(
        "projected, told",
        "4979500,479500",
        "4979600.5,479600",
        header="y,x",
        kept=2,
        options={"crs": "EPSG:26915"},
    )
    yield placed(
        "no such crs",
        "4979500,479500",
        header="y,x",
        problem="no coordinate system",
        options={"crs": "EPSG:999999"},
    )
    yield placed("no column of places", "1", header="count", problem="no column of places")


def words() -> Iterator[Case]:
    yield case("unknown kind", GOOD, NEXT.replace("sighting", "picnic"), LAST.replace("other", ""), kept=1,
               rejected={NO_RULE: 1, "no kind": 1}, lines=(3, 4))  # fmt: skip
    yield case(
        "kinds in other spellings",
        GOOD.replace("shooting", "Use of Force"),
        NEXT.replace("sighting", "CALL-911"),
        kept=2,
    )
    bare = "1,2024-03-01,44.97,-93.26\n"
    yield case("no kind", bare, header="id,date,lat,lon\n", problem="--kind")
    yield case("kind told", bare, header="id,date,lat,lon\n", kept=1, options={"kind": "other"})
    yield case(
        "kind told wrongly",
        bare,
        header="id,date,lat,lon\n",
        problem="Use one of",
        options={"kind": "picnic"},
    )
    yield case(
        "kinds not ours",
        "1,2024-03-01,44.97,-93.26,Theft\n",
        header="id,date,lat,lon,offense\n",
        problem="[values.kind]",
    )
    yield case("repeats", GOOD, GOOD, GOOD, kept=3, repeats=2)
    again = GOOD.replace("shooting", "other")
    yield case(
        "an id twice",
        GOOD,
        again,
        kept=2,
        notes={"rows with an id that an earlier, different row has": 1},
    )
    yield case(
        "no ids",
        "2024-03-01,44.97,-93.26,other\n" * 3,
        header="date,lat,lon,kind\n",
        kept=3,
        repeats=2,
    )


def people() -> Iterator[Case]:
    head = "id,date,lat,lon,kind,{}\n"
    row = f'1,2024-03-01,44.97,-93.26,other,"{CANARY}"\n'
    for header in (
        "Suspect Name",
        "nombre",
        "Nachname",
        "licensePlateNo",
        "Badge #",
        "phone",
        "magaca",
        "home_address",
    ):
        yield case(
            f"column {header}",
            row,
            row.replace("other", "picnic"),
            header=head.format(header),
            kept=1,
            rejected={NO_RULE: 1},
        )
    for header in ("narrative", "Description", "callNotes", "remarks", "text"):
        yield case(f"free text {header}", row, row.replace("other", "picnic"),
                   header=head.format(header), kept=1, rejected={NO_RULE: 1})  # fmt: skip
    told = "".join(
        f'{n},2024-03-01,44.97,-93.26,{"other" if n % 3 else "picnic"},"{CANARY} was seen there by number {n}"\n'
        for n in range(30)
    )
    yield case(
        "free text by its looks", told, header=head.format("extra"), kept=20, rejected={NO_RULE: 10}
    )
    yield case(
        "sentences for kinds", told, header="id,date,lat,lon,what,kind\n", problem="--kind KIND"
    )
    ragged = f"2,{CANARY},44.97\n"
    yield case("ragged row with a name", row, ragged, f'3,2024-03-01,44.97,"{CANARY}\n', header=head.format("victim"), kept=1,
               rejected={CELLS: 1, QUOTE: 1}, lines=(3, 4))  # fmt: skip
    yield case("origin", row, header=head.format("origin"), kept=1)
    yield case(
        "only names", f"{CANARY},2024-03-01\n", header="name,date\n", problem="no column of places"
    )
    yield Case(
        "name without a header",
        f"1,2024-03-01,44.97,-93.26,{CANARY}\n".encode(),
        problem="--columns",
    )


CASES = [
    *encodings(), *delimiters(), *quotes(), *shapes(), *times(), *places(), *words(), *people(),
]  # fmt: skip


# faults that are put into a file to break it
SPLINTERS = [
    b'"', b'""', b",", b"\n", b"\r", b";", b"\t", b"|", b"\x00", b"\xff", b"\xe2\x80\xae", b"=", b"-",
    b"NaN", b"1e999", b"99999999999999999999", b"0000-00-00", b"\xc3", b" ", b"inf", b"31/12/2024", b"'",
]  # fmt: skip


def mutated(rng: random.Random) -> tuple[bytes, dict[str, Any]]:
    """A file of the corpus with up to eight faults, mostly below its header."""
    chosen = rng.choice([case for case in CASES if len(case.content) < 20_000])
    header = chosen.content.find(b"\n") + 1 if rng.random() < 0.85 else 0
    body = bytearray(chosen.content[header:] * rng.choice([1, 1, 3]))
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(body) + 1)
        fault = rng.randrange(5)
        if fault == 0:
            del body[at : at + rng.randint(1, 12)]
        elif fault == 1:
            body[at:at] = rng.choice(SPLINTERS)
        elif fault == 2:
            body[at:at] = body[: rng.randint(1, 60)]
        elif fault == 3:
            body[at : at + 1] = bytes([rng.randrange(256)])
        else:
            rows = bytes(body).split(b"\n")
            rng.shuffle(rows)
            body = bytearray(b"\n".join(rows))
    return chosen.content[:header] + bytes(body), chosen.options
