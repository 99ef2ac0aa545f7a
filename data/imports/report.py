"""The report of an import, in numbers and in sentences that add up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from data import words
from data.imports import advice
from data.imports.losses import Loss, OtherKind
from data.storage.events import Imported

_PROSE = (
    'column "{column}" looks like free text and may name people: dropped; keep it with '
    '[keep] attributes = ["{column}"] in the mapping'
)

_TELLING = (
    'column "{column}" looks like names, plates, phone numbers or addresses of people or '
    'devices: dropped; keep it with [keep] attributes = ["{column}"] in the mapping'
)
DROPPED = (("free text", "prose"), ("telling who somebody is", "telling"))


class MissingTexts(NamedTuple):
    """The texts of a column that were read as saying nothing, and how many rows hold each.

    "" are empty cells. Rows that were rejected count too.
    """

    target: str
    column: str
    texts: dict[str, int]

    def sentence(self) -> str:
        """A sentence for a reader on the texts and their rows."""
        texts = [(f'"{text}"' if text else "empty", n) for text, n in self.texts.items()]
        listed = ", ".join(f"{text} ({n:,})" for text, n in texts)
        return f'Read as missing in "{self.column}" ({words.spoken(self.target)}): {listed}'


BY_LABEL = "{why}: the row goes by its area's label, without a point"
STATE_IT = (
    "If such a text means something, say so in the mapping: under [values.COLUMN], of lists "
    "under [tags.COLUMN.words]."
)


@dataclass(frozen=True)
class Report:
    """One import. `rejected` and `notes` count rows; kept + rejected = rows, always.

    A note that counts 0 is one on the file as a whole.
    """

    batch: str
    file: str
    source: str
    source_kind: str
    rows: int
    kept: int
    rejected: dict[str, int] = field(default_factory=dict)
    repeats: int = 0
    forbidden: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    prose: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    notes: dict[str, int] = field(default_factory=dict)
    by_label: dict[str, int] = field(default_factory=dict)
    missing: list[MissingTexts] = field(default_factory=list)
    unknown: dict[str, dict[str, int]] = field(default_factory=dict)
    losses: tuple[Loss, ...] = ()
    without_kind: OtherKind | None = None
    kinds_file: str | None = None
    kinds_table: str = ""  # the one that was given with --kinds
    first: date | None = None
    last: date | None = None
    unchanged: bool = False
    dry_run: bool = False
    rejected_file: str | None = None
    mapping_file: str | None = None
    replaces: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        """The sentences that a person should know, the sum of the rows last."""
        said = []
        kinds = advice.about_kinds(self.kinds_table, self.kinds_file)
        if self.unchanged:
            said.append(
                "The same file with the same mapping is in the store already: nothing was changed."
            )
        if self.dry_run:
            said.append("This was a dry run: nothing was imported.")
        if self.first and self.last:
            said.append(f"The records are from {self.first} to {self.last}.")
        if self.forbidden:
            listed = ", ".join(self.forbidden)
            said.append(f"Dropped, because they can tell who somebody is: {listed}.")
        if self.unnamed:
            listed = ", ".join(self.unnamed)
            said.append(
                "Dropped, because a source that is not official keeps only the columns "
                f"that its mapping names: {listed}."
            )
        said += [_PROSE.format(column=column) for column in self.prose]
        said += [_TELLING.format(column=column) for column in self.telling]
        for what, field_name in DROPPED:
            if columns := getattr(self, field_name):
                said.append(f"Columns dropped as {what}: {len(columns):,}.")
        if self.others:
            said.append(f"Kept as other columns: {', '.join(self.others)}.")
        if self.replaces:
            said.append("This takes the place of an earlier import of the same file.")
        if self.repeats:
            said.append(
                f"{self.repeats:,} rows equal an earlier one in every column of the file: kept "
                "as repeats, not merged."
            )
        said += [
            f"Note: {what}: {rows:,}." if rows else f"Note: {what}."
            for what, rows in self.notes.items()
        ]
        said += [f"Note: {BY_LABEL.format(why=why)}: {n:,}." for why, n in self.by_label.items()]
        said += [f"{found.sentence()}." for found in self.missing]
        if any(text for found in self.missing for text in found.texts):
            said.append(STATE_IT)
        for column, texts in self.unknown.items():
            listed = ", ".join(f'"{t[:60]}" ({n:,})' for t, n in texts.items())
            part = (
                f"[tags.{column}.words]"
                if column in ("force", "harm", "agencies")
                else f"[values.{column}]"
            )
            said.append(
                f"No rule for {column}: {listed}. Add a line under {part} in the "
                'mapping: "text" = "word".'
            )
        if self.kinds_file:
            said.append(f"{advice.DRAFT_OF_KINDS}{self.kinds_file}")
        if self.without_kind:
            said.append(advice.many_other(self.without_kind, kinds))
        said += [f"Rejected: {why}: {rows:,}." for why, rows in self.rejected.items()]
        if self.rejected_file:
            said.append(f"The rejected rows, with line and reason: {self.rejected_file}")
        if self.mapping_file:
            said.append(f"The mapping, to edit and use with --map: {self.mapping_file}")
        said += advice.advise(self.rows, self.rejected, kinds)
        said += advice.points_lost(self.rows, self.by_label)
        return [*said, *map(advice.kind_lost, self.losses), self.sum()]

    def sum(self) -> str:
        """The sum that every import ends with."""
        rejected = sum(self.rejected.values())
        kept, rows = f"{self.kept:,} kept", f"{self.rows:,} rows in the file"
        return f"{kept} + {rejected:,} rejected = {rows}"

    def event(
        self, *, sha256: str, imported_at: str, mapping: Mapping[str, Any], key: str
    ) -> Imported:
        """The event that the ledger keeps of it, with the hash of the file and the key's mark."""
        return Imported(
            self.batch,
            file=self.file,
            source=self.source,
            source_kind=self.source_kind,
            rows=self.rows,
            kept=self.kept,
            rejected=self.rejected,
            repeats=self.repeats,
            dropped={
                "forbidden": list(self.forbidden),
                "not named": list(self.unnamed),
                "free text": list(self.prose),
                "telling": list(self.telling),
            },
            others=list(self.others),
            notes=self.notes,
            by_label=self.by_label,
            missing=[found._asdict() for found in self.missing],
            first=self.first.isoformat() if self.first else None,
            last=self.last.isoformat() if self.last else None,
            replaces=list(self.replaces),
            sha256=sha256,
            imported_at=imported_at,
            mapping=mapping,
            key=key,
        )


def from_event(event: Imported) -> Report:
    """The report of an import that the ledger holds."""
    dropped = event.dropped
    return Report(
        batch=event.batch,
        file=event.file,
        source=event.source,
        source_kind=event.source_kind,
        rows=event.rows,
        kept=event.kept,
        rejected=dict(event.rejected),
        repeats=event.repeats,
        forbidden=tuple(dropped.get("forbidden", ())),
        unnamed=tuple(dropped.get("not named", ())),
        prose=tuple(dropped.get("free text", ())),
        telling=tuple(dropped.get("telling", ())),
        others=tuple(event.others),
        notes=dict(event.notes),
        by_label=dict(event.by_label),
        missing=[MissingTexts(**found) for found in event.missing],
        first=date.fromisoformat(event.first) if event.first else None,
        last=date.fromisoformat(event.last) if event.last else None,
    )
