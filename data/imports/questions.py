"""Questions that only a person can answer, asked while somebody is there."""

from dataclasses import replace

from data import coordinate_system, words
from data.columns import guess_columns
from data.files.table_file import TableFile
from data.imports import required
from data.mappings.mapping import FileMapping
from data.parse.date_order import Ask

_SOURCE_KINDS = "Who stands behind the source {name}? Nothing is known of it yet."
KIND = "{file} does not say in our words what happened. Which kind are its rows?"
_TIME = "In {file} several columns could say when it happened. Which one does?"
TIMED = ("occurred_at", "time_of_day", "hour", "minute", "received_at")
CRS = 'In which system are "{x}" and "{y}", e.g. EPSG:26915? The publisher knows.'


def source_kind(rules: FileMapping, known: bool, ask: Ask | None) -> FileMapping:
    """The mapping with who stands behind a source that nobody has described."""
    if ask is None or known or {*rules.about} - {"url", "licence", "covers"}:
        return rules
    answer = ask(_SOURCE_KINDS.format(name=rules.source), list(words.CODES["source_kind"]))
    return replace(rules, about={**rules.about, "kind": answer})


def time(
    table_file: TableFile, rules: FileMapping, guessed: bool, ask: Ask | None, zone: str
) -> FileMapping:
    """The mapping with the column of times, where several of the file could be it.

    What tells the time of day beside it comes with it. `zone` is the place's clock.
    """
    if ask is None or not guessed or "occurred_at" in rules.columns:
        return rules
    rivals = list(required.rivals(table_file))
    if not rivals:
        return rules
    answer = ask(_TIME.format(file=table_file.file.name), rivals)
    clock = rules.time.zone or zone
    beside = guess_columns.columns(
        table_file.names, table_file.values, bool(rules.place.crs), answer, clock
    )
    timed = {target: beside[target] for target in TIMED if target in beside}
    columns = {t: n for t, n in rules.columns.items() if t not in TIMED and n not in timed.values()}
    return replace(rules, columns={**timed, **columns})


def rest(table_file: TableFile, rules: FileMapping, guessed: bool, ask: Ask | None) -> FileMapping:
    """The mapping with a kind and a CRS, where the file leaves them open.

    Of a file that has words of its own for kinds none is asked: each of these stands for one.
    """
    if ask is None:
        return rules
    if required.lacks_kind(table_file, rules, guessed) and not required.kind_texts(
        table_file, rules
    ):
        answer = ask(KIND.format(file=table_file.file.name), list(words.CODES["kind"]))
        rules = replace(rules, constant={**rules.constant, "kind": answer})
    if required.lacks_crs(rules):
        x, y = rules.columns["x"], rules.columns["y"]
        answer = coordinate_system.check_crs(ask(CRS.format(x=x, y=y), []), "The answer")
        rules = replace(rules, place=replace(rules.place, crs=answer))
    return rules
