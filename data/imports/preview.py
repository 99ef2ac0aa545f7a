"""The introduction of a file before its rows are read: mapping and sample rows."""

from data.files.column_names import clean_label
from data.imports.plan import Plan
from data.mappings.mapping import ENUMERATED, FileMapping
from data.parse import midnight

# the plan's words on times of 00:00, by the rule of the mapping
MIDNIGHTS = {
    midnight.LOCAL: "00:00 tells only the day",
    midnight.UTC: "00:00 UTC tells only the day, and stays that date",
    midnight.EXACT: "00:00 is a time like any other",
}
SAMPLE = 3  # rows
NOT_SHOWN = ("text", "origin")  # free text may name people


def introduced(decided: Plan) -> list[str]:
    """The file, the mapping found, and three rows as the mapping sees them."""
    table_file, rules = decided.table_file, decided.mapping
    said = [
        f"{table_file.file.name}: {table_file.form}, "
        f"{len(table_file.names)} columns; source {decided.source.name} "
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
    said += [f"  {_midnight(t, rule, rules)}" for t, rule in rules.time.midnight.items()]
    if (precision := rules.time.precision) not in (None, midnight.EXACT):
        said.append(f'  times are known to the {precision} at best (precision = "{precision}")')
    said += [f"  {t} is on the clock of {zone}" for t, zone in rules.time.zones.items()]
    for row in sample_rows(decided):
        said.append("  e.g. " + "; ".join(f"{t} {v}" for t, v in row.items() if v))
    return said


def _midnight(target: str, rule: str, rules: FileMapping) -> str:
    """A sentence on what is made of times of 00:00 in a column."""
    if target == "time_of_day" and rule != midnight.EXACT:
        return f'{target}: 00:00 stands for a time that is not known (midnight = "{rule}")'
    said = f'{target}: {MIDNIGHTS[rule]} (midnight = "{rule}")'
    clock = rules.columns.get("time_of_day") or rules.columns.get("hour")
    if rule != midnight.EXACT and target == "occurred_at" and clock:
        return f'{said}; the time is that of "{clock}"'
    return said


def _for_which(target: str, rules: FileMapping) -> str:
    """The words for the rows that a constant is for: all, or those that a column leaves open."""
    if target not in rules.columns:
        return "all rows"
    return "where no rule fits" if target in ENUMERATED else "where the row says nothing"


def sample_rows(decided: Plan) -> list[dict[str, str]]:
    """The first rows: record column to text, without free text and who sent it."""
    names, columns = decided.table_file.names, decided.mapping.columns
    places = {t: names.index(c) for t, c in columns.items() if t not in NOT_SHOWN}
    return [
        {target: clean_label(row[place])[:40] for target, place in places.items()}
        for row in decided.table_file.head[:SAMPLE]
    ]
