"""What a file and its mapping must say before rows become records."""

from data import words
from data.intake import csvfile, guess
from data.intake.csvfile import Csv
from data.intake.mapping import Mapping
from data.settings import Problem
from data.sources import Source

SPOTS: tuple[set[str], ...] = (
    {"lat", "lon"}, {"lat_lon"}, {"point"}, {"x", "y"}, {"area_label"}, {"city"},
)  # fmt: skip
PAIRS = (("lat", "lon"), ("x", "y"))
IN_A_MAPPING = "in a mapping: --save-map FILE writes one to edit, --map FILE uses it."


def check(csv: Csv, rules: Mapping, source: Source, guessed: bool) -> None:
    """Problem where a file cannot become records by this mapping."""
    here = csv.file.name
    has = {*rules.columns, *rules.constant}
    if "occurred_at" not in has:
        raise Problem(
            f"{here}: no column of dates was found among: {csv.listed()}. Say which it "
            f"is {IN_A_MAPPING}"
        )
    for pair in PAIRS:
        if len(has & set(pair)) == 1:
            raise Problem(f"{here}: the mapping needs both {' and '.join(pair)}.")
    if not any(spot <= has for spot in SPOTS):
        raise Problem(
            f"{here}: no column of places was found among: {csv.listed()}. Say which "
            f"they are {IN_A_MAPPING}"
        )
    if lacks_crs(rules):
        raise Problem(
            f'{here}: "{rules.columns["x"]}" and "{rules.columns["y"]}" are no degrees '
            "but metres or feet. Say in which system: --crs EPSG:26915 (the publisher "
            "knows the number)."
        )
    if "grade" in has and source.kind != "community":
        raise Problem(
            f"{here}: only community sources have grades; {source.name} is "
            f"{source.kind}. Take grade out of the mapping."
        )
    if lacks_kind(csv, rules, guessed):
        raise Problem(_no_kind(csv, rules))


def lacks_crs(rules: Mapping) -> bool:
    """Whether coordinates are projected and nobody says how."""
    return "x" in rules.columns and not rules.place.crs


def lacks_kind(csv: Csv, rules: Mapping, guessed: bool) -> bool:
    """Whether nothing says what happened, or a guessed column not in our words.

    A column called kind, or one that a mapping names, is taken at its word: what it
    says wrongly is rejected row by row.
    """
    if "kind" in rules.constant:
        return False
    column = rules.columns.get("kind")
    if column is None:
        return True
    if not guessed or csvfile.clean(column).lower() == "kind":
        return False
    return bool(_held(csv, column)) and not speaks(csv, column)


def speaks(csv: Csv, column: str | None) -> bool:
    """Whether a column holds any of our kinds in the first rows."""
    return column is not None and any(guess.word("kind", v) for v in csv.values(column))


def _held(csv: Csv, column: str) -> list[str]:
    return [value for value in csv.values(column) if not guess.missing(value)]


def _no_kind(csv: Csv, rules: Mapping) -> str:
    listed = ", ".join(words.CODES["kind"])
    column = rules.columns.get("kind")
    if column is None:
        return (
            f"{csv.file.name}: no column says what kind of incident each row is. Give "
            f"--kind KIND for all of them. Kinds: {listed}."
        )
    different = list(dict.fromkeys(_held(csv, column)))
    some = ", ".join(f'"{value[:40]}"' for value in different[:5])
    return (
        f'{csv.file.name}: "{column}" says what happened, but not in our words: '
        f"{some}. Give --kind KIND for all rows, or rules under [values.kind] in a "
        f"mapping (--save-map FILE writes one to edit). Kinds: {listed}."
    )
