"""What the pages of a newsroom say in words: first how much is not recorded, then what is."""

from collections.abc import Sequence

import pandas as pd

from data import words
from data.newsroom.harms import Harms, WordColumn
from data.newsroom.responses import POLICE, Responses
from data.storage.meta_types import TableMeta
from data.views.sql import says
from data.views.view import View
from geo import rates, shares

WHAT = "what local police did"
NOT_NO = "Not recorded does not mean that police did not come."
NOT_NOBODY = "Not recorded does not mean that nobody was hurt."
_MOST = 3  # kinds of force that a sentence names


def share_of(n: int, of: int) -> str:
    """A part of some records as readers write it: a share, or of how many where they are few."""
    return words.percent(n / of) if of >= rates.UNRELIABLE else f"{n:,} of {of:,}"


def share_with_interval(n: int, of: int) -> str:
    """A part of some records with the 95% interval of its share; no share where they are few."""
    if of < rates.UNRELIABLE:
        return f"{n:,}"
    low, high = (float(end[0]) for end in shares.wilson([n], [of]))
    ends = f"{words.percent(low)} to {words.percent(high)}"
    return f"{n:,} ({words.percent(n / of)}, 95% interval {ends})"


def name_records(view: View, meta: TableMeta) -> str:
    """The records of a View as its source calls them, at the start of a sentence."""
    return words.sentence_case(says(view, meta))


def title_responses(found: Responses, meta: TableMeta) -> str:
    """The finding on police response in a sentence."""
    what, answers = name_records(found.view, meta), found.answers
    if not answers.of:
        return f"{what}: no record with these filters"
    if not answers.said:
        return f"{what}: none of {words.counted(answers.of, 'record')} says {WHAT}"
    silent = f"{what}: {WHAT} is not recorded in {share_of(answers.of - answers.said, answers.of)}"
    most = answers.table.sort_values("n", ascending=False, kind="stable").iloc[0]
    return f"{silent}; where it is, they {most['what']} in {share_of(int(most['n']), answers.said)}"


def say_responses(found: Responses) -> list[str]:
    """Sentences on the police response that some records tell, what is not recorded first."""
    answers = found.answers
    if not answers.of:
        return ["No record with these filters."]
    lines = [say_silent("What local police did", answers.of - answers.said, answers.of, NOT_NO)]
    if answers.said:
        rows = answers.table[answers.table["n"] > 0].sort_values(
            "n", ascending=False, kind="stable"
        )
        each = list(zip(rows["what"], rows["n"].tolist()))
        lines.append(
            f"In the {answers.said:,} that say it, local police {_each(each, answers.said)}."
        )
    own = found.counts["response"] != POLICE.silent
    return [*lines, *_few(answers.said, found.counts["month"], own)]


def say_silent(what: str, silent: int, of: int, warning: str) -> str:
    """How much of something is not recorded, and what that does not mean."""
    if not silent:
        return f"{what} is recorded in each of {words.counted(of, 'record')}."
    part = share_with_interval(silent, of)
    return f"{what} is not recorded in {part} of {words.counted(of, 'record')}. {warning}".strip()


def _only_in(months: pd.Series, says_it: pd.Series) -> list[str]:
    """From when to when records say something, where others are earlier or later."""
    own = months[says_it]
    if (own.min(), own.max()) == (months.min(), months.max()):
        return []
    span = dict.fromkeys((f"{own.min():%B %Y}", f"{own.max():%B %Y}"))
    return [f"The records that say it are of {' to '.join(span)} only."]


def _each(parts: Sequence[tuple[str, int]], of: int) -> str:
    """Parts of some records, most first, the first with its interval."""
    ordered = sorted(parts, key=lambda part: -part[1])
    first = [f"{what} in {share_with_interval(n, of)}" for what, n in ordered[:1]]
    return "; ".join([*first, *(f"{what} in {_share(n, of)}" for what, n in ordered[1:])])


def _share(n: int, of: int) -> str:
    return f"{n:,} ({words.percent(n / of)})" if of >= rates.UNRELIABLE else f"{n:,}"


def _few(said: int, months: pd.Series, says_it: pd.Series) -> list[str]:
    """That there are no shares, where few records say something; else from when to when they are."""
    if not said:
        return []
    if said < rates.UNRELIABLE:
        return [f"Fewer than {rates.UNRELIABLE} say it, so there are no shares: read the records."]
    return _only_in(months, says_it)


def title_harms(found: Harms, meta: TableMeta) -> str:
    """The finding on force and harm in a sentence."""
    what, of = name_records(found.view, meta), int(found.total["of"])
    if not of:
        return f"{what}: no record with these filters"
    said = found.says("harm")
    if not said:
        return f"{what}: none of {words.counted(of, 'record')} says what harm was done"
    silent = f"{what}: harm is not recorded in {share_of(of - said, of)}"
    parts = [f"somebody was hurt in {share_of(found.n('harm', 'hurt'), said)}"]
    for word, phrase in (("press_hurt", "a journalist in"), ("aid_kept_away", "help kept away in")):
        if n := found.n("harm", word):
            parts.append(f"{phrase} {n:,}")
    return f"{silent}; where it is, {', '.join(parts)}"


def say_harms(found: Harms) -> list[str]:
    """Sentences on the harm and the force that some records tell, what is not recorded first."""
    if not int(found.total["of"]):
        return ["No record with these filters."]
    return [*_say_harm(found), *_say_force(found)]


def _say_harm(found: Harms) -> list[str]:
    of, said = int(found.total["of"]), found.says("harm")
    lines = [say_silent("Harm", of - said, of, NOT_NOBODY)]
    if said:
        each = [(_meaning(one), n) for one, n in _used(found, "harm")]
        lines.append(f"In the {said:,} that say it, {_each(each, said)}.")
    return [*lines, *_few(said, found.months["month"], _says_it(found, "harm"))]


def _says_it(found: Harms, column: str) -> pd.Series:
    return found.months["of"] > found.months[f"{column}_{words.NOT_RECORDED}"]


def _say_force(found: Harms) -> list[str]:
    of, said = int(found.total["of"]), found.says("force")
    lines = [say_silent("Force", of - said, of, "")]
    if said:
        used = sorted(_used(found, "force"), key=lambda pair: -pair[1])
        each = _each([(one.label, n) for one, n in used[:_MOST]], said)
        rest = f"; {len(used) - _MOST} more kinds below" if len(used) > _MOST else ""
        lines.append(f"In the {said:,} that say it: {each}{rest}. One record may have several.")
    if said >= rates.UNRELIABLE:
        lines += _only_in(found.months["month"], _says_it(found, "force"))
    return lines


def _used(found: Harms, column: str) -> list[tuple[WordColumn, int]]:
    """The words of a column that some record has, with how many."""
    used = [one for one in found.used(column) if one.word != words.NOT_RECORDED]
    return [(one, int(found.total[one.name])) for one in used]


def _meaning(one: WordColumn) -> str:
    text = "nobody was hurt" if one.word == "none" else words.meaning(one.column, one.word)
    return text[:1].lower() + text[1:].rstrip(".")
