"""What a person sees of a file before its rows are read: mapping and sample rows."""

from data.intake import csvfile
from data.intake.mapping import ENUMERATED, Mapping
from data.intake.plan import Plan

MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
SAMPLE = 3  # rows
NOT_SHOWN = ("text", "origin")  # free text may name people


def introduced(decided: Plan) -> list[str]:
    """The file, the mapping found, and three rows as the mapping sees them."""
    csv, rules = decided.csv, decided.mapping
    said = [
        f"{csv.file.name}: {csv.encoding}, {MARKS[csv.delimiter]}, "
        f"{len(csv.names)} columns; source {decided.source.name} "
        f"({decided.source.kind}); clock {decided.zone}."
    ]
    said += [f'  {target} = "{column}"' for target, column in rules.columns.items()]
    said += [
        f"  {target} = {word}, {_for_which(target, rules)}"
        for target, word in rules.constant.items()
    ]
    if rules.place.place_by:
        said.append(f"  where label and point differ the {rules.place.place_by} decides the area")
    said += [f"  format of {t}: {form}" for t, form in rules.time.formats.items()]
    for row in _sample(decided):
        said.append("  e.g. " + "; ".join(f"{t} {v}" for t, v in row.items() if v))
    return said


def _for_which(target: str, rules: Mapping) -> str:
    """The rows that a constant is for: beside a column it is for what that leaves open."""
    if target not in rules.columns:
        return "all rows"
    return "where no rule fits" if target in ENUMERATED else "where the row says nothing"


def _sample(decided: Plan) -> list[dict[str, str]]:
    names, columns = decided.csv.names, decided.mapping.columns
    places = {t: names.index(c) for t, c in columns.items() if t not in NOT_SHOWN}
    return [
        {target: csvfile.clean(row[place])[:40] for target, place in places.items()}
        for row in decided.csv.head[:SAMPLE]
    ]
