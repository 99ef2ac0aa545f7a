"""Checks of what a file and its mapping must say before rows become records."""

from collections import Counter
from collections.abc import Callable

import numpy as np

from data import coordinate_system, words
from data.columns import free_text, survey_forms, time_columns
from data.columns.guess_columns import numbers
from data.files import cells
from data.files.cells import is_missing
from data.files.column_names import clean_label
from data.files.table_file import TableFile
from data.imports import advice
from data.mappings.mapping import FileMapping
from data.personal_columns import is_forbidden
from data.settings import Problem
from data.sources import Source
from data.values import value_words
from data.values.word_columns import MOST_UNKNOWN
from geo.longitude import TURN

SPOTS: tuple[set[str], ...] = (
    {"lat", "lon"},
    {"lat_lon"},
    {"point"},
    {"x", "y"},
    {"area_label"},
    {"city"},
)
_PAIRS = (("lat", "lon"), ("x", "y"))
# part of a date -> columns, one of which must be there beside it
_PARTS = {
    "year": {"month"},
    "month": {"year"},
    "day": {"year"},
    "hour": {"day", "occurred_at"},
    "minute": {"hour"},
    "time_of_day": {"day", "occurred_at"},
}
EITHER = (("occurred_at", "year"), ("time_of_day", "hour"))
_SHOWN = 8  # texts of a column of kinds


class UnknownKinds(Problem):
    """A column says what happened, in words that are none of ours: its `texts` and their rows."""

    def __init__(self, sentence: str, texts: dict[str, int]) -> None:
        super().__init__(sentence)
        self.texts = texts


def check_file(
    table_file: TableFile, rules: FileMapping, source: Source, guessed: bool, kinds: str = ""
) -> None:
    """Problem where a file cannot become records by this mapping; `kinds` is the table of kinds
    that was given, "" for none."""
    here = table_file.file.name
    has = {*rules.columns, *rules.constant}
    _check_dates(table_file, has, guessed)
    for pair in _PAIRS:
        if len(has & set(pair)) == 1:
            raise Problem(f"{here}: the mapping needs both {' and '.join(pair)}.")
    if not any(spot <= has for spot in SPOTS):
        raise Problem(
            f"{here}: no column of places was found among: {table_file.listed()}. Say which "
            "they are under [columns] in the mapping (lat and lon, area_label, city ...)."
        )
    if lacks_crs(rules):
        raise Problem(
            f'{here}: "{rules.columns["x"]}" and "{rules.columns["y"]}" are not degrees '
            "but meters or feet. Say in which system: --crs EPSG:26915 (the publisher "
            "knows the number)."
        )
    if are_degrees(table_file, rules):
        raise Problem(
            f'{here}: "{rules.columns["lat"]}" and "{rules.columns["lon"]}" are degrees already. '
            "Leave --crs out."
        )
    if "grade" in has and source.kind != "community":
        raise Problem(
            f"{here}: only community sources have grades; {source.name} is "
            f"{source.kind}. Take grade out of the mapping."
        )
    if lacks_kind(table_file, rules, guessed):
        texts = kind_texts(table_file, rules)
        sentence = _no_kind(table_file, rules, kinds)
        raise UnknownKinds(sentence, texts) if texts else Problem(sentence)


def _check_dates(table_file: TableFile, has: set[str], guessed: bool) -> None:
    """Problem where nothing tells the date, or the parts of one do not make it."""
    here = table_file.file.name
    for part, needs in _PARTS.items():
        if part in has and not needs & has:
            raise Problem(f"{here}: the mapping needs {' or '.join(sorted(needs))} beside {part}.")
    for one, other in EITHER:
        if {one, other} <= has:
            raise Problem(f"{here}: the mapping has both {one} and {other}; take one of them out.")
    if not {"occurred_at", "year"} & has:
        raise Problem(_no_time(table_file, guessed))


def lacks_crs(rules: FileMapping) -> bool:
    """Return whether coordinates are projected and nobody says how."""
    return "x" in rules.columns and not rules.place.crs


def are_degrees(table_file: TableFile, rules: FileMapping) -> bool:
    """Return whether coordinates of the first rows are degrees, said to be in meters or feet."""
    if not rules.place.crs or not {"lat", "lon"} <= rules.columns.keys():
        return False
    if coordinate_system.read_crs(rules.place.crs, "--crs").is_geographic:
        return False
    held = [numbers(table_file.values(rules.columns[target])) for target in ("lat", "lon")]
    return all(held) and all(abs(value) <= TURN / 2 for values in held for value in values)


def rivals(table_file: TableFile) -> tuple[str, ...]:
    """The columns that could all say when it happened; () where one does or none."""
    filled_in = survey_forms.filled_in(table_file.names)
    allowed = [n for n in table_file.names if not is_forbidden(n) and n not in filled_in]
    return time_columns.occurred(allowed, table_file.values).rivals


def lacks_kind(table_file: TableFile, rules: FileMapping, guessed: bool) -> bool:
    """Return whether nothing says what happened, or a column whose texts are none of our kinds.

    Of a column called kind, or one that a mapping names, the whole file is asked: what
    some rows say wrongly is rejected row by row.
    """
    if "kind" in rules.constant:
        return False
    column = rules.columns.get("kind")
    if column is None:
        return True
    if guessed and clean_label(column).lower() != "kind":
        return bool(_held(table_file, column)) and not any(
            map(_ruled(rules), _held(table_file, column))
        )
    return bool(_strange(table_file, rules))


def speaks(table_file: TableFile, column: str | None) -> bool:
    """Return whether a column holds any of our kinds in the first rows."""
    return column is not None and any(
        value_words.word("kind", v) for v in table_file.values(column)
    )


def _held(table_file: TableFile, column: str) -> list[str]:
    return [value for value in table_file.values(column) if not is_missing(value)]


def kind_texts(table_file: TableFile, rules: FileMapping) -> dict[str, int]:
    """The texts of the column of kinds, the most frequent first, and their rows; {} where there is
    no such column, or where it holds sentences, which may name people."""
    column = rules.columns.get("kind")
    if column is None or free_text.looks_like_prose(table_file.values(column)):
        return {}
    counts = Counter[str]()
    for frame in table_file.frames([column]):
        counts += cells.count_texts(frame.table[column], np.ones(frame.table.num_rows, bool))
    return {text: n for text, n in counts.most_common(MOST_UNKNOWN) if text}


def _strange(table_file: TableFile, rules: FileMapping) -> list[str]:
    """The first different texts in the column of kinds; [] as soon as one has a rule."""
    column, found = rules.columns["kind"], dict[str, None]()
    known = _ruled(rules)
    if any(known(text) for text in table_file.values(column)):
        return []
    for frame in table_file.frames([column]):
        texts = [text for text in cells.Dictionary(frame.table[column]).texts if text]
        if any(known(text) for text in texts):
            return []
        found |= dict.fromkeys(texts[:_SHOWN])
    return list(found)[:_SHOWN]


def _ruled(rules: FileMapping) -> Callable[[str], bool]:
    """Return a test whether the mapping's rules make a text a kind, or say to leave it out."""
    if rule := rules.tags.get("kind"):
        split = value_words.tags("kind", rule)
        return lambda text: bool(split(text).words)
    stated = rules.values.get("kind", {})
    read = value_words.translate("kind", stated)
    return lambda text: bool(read(text)) or value_words.is_stated(text, stated)


def _no_time(table_file: TableFile, guessed: bool) -> str:
    """The sentence where no column of times is known, or too many are."""
    here = table_file.file.name
    several = rivals(table_file) if guessed else ()
    if several:
        listed = ", ".join(f'"{name}"' for name in several)
        ways = " or ".join(f'--time "{name}"' for name in several)
        return (
            f"{here}: several columns could say when it happened, and they differ: {listed}. "
            f"Say which one: {ways}."
        )
    filled_in = survey_forms.filled_in(table_file.names)
    why = (
        f" What says when a form was filled in is not taken unasked: {', '.join(filled_in)}."
        if filled_in
        else ""
    )
    return (
        f"{here}: no column of dates was found among: {table_file.listed()}.{why} Say which it is: "
        "--time COLUMN, or occurred_at (or year, month and day) under [columns] in the mapping."
    )


def _no_kind(table_file: TableFile, rules: FileMapping, kinds: str) -> str:
    """The sentence where no column holds kinds, or none that is known."""
    here, listed = table_file.file.name, ", ".join(words.CODES["kind"])
    column = rules.columns.get("kind")
    if column is None:
        return (
            f"{here}: no column says what kind of incident each row is. Give "
            f"--kind KIND for all of them. Kinds: {listed}."
        )
    todo = words.sentence_case(advice.about_kinds(kinds))
    return (
        f'{here}: "{column}" says what happened, but not in our words: '
        f"{_spoken(table_file, rules)}. {todo}. If all rows are of one kind: --kind KIND. "
        f"Kinds: {listed}."
    )


def _spoken(table_file: TableFile, rules: FileMapping) -> str:
    """The first texts in the column of kinds; not what somebody wrote in sentences."""
    texts = list(dict.fromkeys(map(clean_label, _held(table_file, rules.columns["kind"]))))
    texts = texts or _strange(table_file, rules)
    if free_text.looks_like_prose(texts):
        return "sentences, which are not shown because they may name people"
    more = " ..." if len(texts) > _SHOWN else ""
    return ", ".join(f'"{text[:40]}"' for text in texts[:_SHOWN]) + more
