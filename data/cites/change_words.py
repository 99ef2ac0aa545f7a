"""What became of a cite, in sentences: whether its numbers changed, when, and why."""

from data.cites.citation import local_day
from data.cites.cite_folder import Cite, CiteManifest
from data.cites.corrected import Reask
from data.cites.outcome import CiteOutcome, changed_texts
from data.correction_terms import spell_reason
from data.storage.history import ChangeKind, DataChange
from data.views.filters import period
from data.words import counted

# what was done -> why numbers differ
_BECAUSE = {
    ChangeKind.IMPORTED: "a newer import of {source} brought {records}",
    ChangeKind.REPLACED: "a file of {source} was imported again, read in another way",
    ChangeKind.UNIMPORTED: "an import of {source}, of {records}, was taken back",
    ChangeKind.PURGED: "a record of {source} was removed for good",
    ChangeKind.AREAS: "the areas called {name} were replaced",
    ChangeKind.DESK: "the desk approved, corrected, merged or took back reports",
    ChangeKind.CORRECTION: "{reason} (a record of {source} was corrected)",
    ChangeKind.UPDATE: "{reason} (a record of {source} was updated)",
    ChangeKind.RETRACTION: "{reason} (a record of {source} was retracted)",
    ChangeKind.CORRECTION_UNDONE: "a correction, update or retraction of {source} was taken back",
}
_NEW_CODE = "Porchlight itself was updated (from {old} to {new}) and counts anew"
_UNKNOWN = (
    "the data was built anew. No import, removal or new areas since is in the ledger: what is stated "
    "of a source, or a setting of the place, was changed"
)


def describe_reask(cite: Cite, answer: Reask) -> CiteOutcome:
    """What became of a cite of the team's numbers."""
    if answer.refused:
        return CiteOutcome(
            "These are the numbers as they were cited. They cannot be asked again.",
            (answer.refused,),
        )
    now = f"Asked again of data {answer.stamp}."
    if not answer.changes:
        same = "Unchanged: the same question has the same answer today."
        return CiteOutcome(same, (now,) if answer.stamp != cite.manifest.stamp else ())
    lines = _reason_lines(cite.manifest, answer)
    title = answer.title
    if title != cite.manifest.title:
        lines = (*lines, f"The page says now: {title}")
    return CiteOutcome(_headline(cite.manifest, answer), (*lines, now), answer.changes)


def _headline(manifest: CiteManifest, answer: Reask) -> str:
    """Since corrected or updated, with the numbers where it is one alone, and the day where one is known."""
    alone = (
        ": {} → {}".format(*changed_texts(answer.changes[0])) if len(answer.changes) == 1 else ""
    )
    many = "" if alone else f": {len(answer.changes):,} numbers differ"
    updated = {reason.kind for reason in answer.reasons} == {ChangeKind.UPDATE}
    what = "Since updated" if updated and not answer.code else "Since corrected"
    if len(answer.reasons) == 1 and not answer.code:
        reason = answer.reasons[0]
        day = local_day(reason.at, manifest.zone)
        return f"{what}{alone or many} on {period(day, day)}, because {_why(manifest, reason)}"
    return f"{what}{alone or many}"


def _reason_lines(manifest: CiteManifest, answer: Reask) -> tuple[str, ...]:
    """Each thing that was done since, where there is not one alone."""
    dated = [(local_day(one.at, manifest.zone), _why(manifest, one)) for one in answer.reasons]
    told = [f"On {period(day, day)} {why}." for day, why in dated]
    if answer.code:
        told.append(_NEW_CODE.format(old=manifest.code, new=answer.code) + ".")
    if len(told) > 1:
        return ("One or more of these is the reason:", *told)
    if not told:
        return (f"Because {_UNKNOWN}.",)
    return tuple(told) if answer.code else ()


def _why(manifest: CiteManifest, change: DataChange) -> str:
    titles = {source.name: source.title for source in manifest.sources}
    return _BECAUSE[change.kind].format(
        source=titles.get(change.source, change.source),
        records=counted(change.records, "record"),
        name=change.name,
        reason=spell_reason(change.reason),
    )
