"""The page Claims: what offices said, beside the number that the records have for it."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from data.claims import claim_words
from data.claims.check_claims import CheckedClaim, CheckedPart
from data.claims.verdicts_of_claims import ClaimVerdict
from data.settings import Problem
from data.views.sql import chosen_sources
from data.views.view import View
from ui.cached import claims, views
from ui.frame.frame import plain

_LOOKS = {
    ClaimVerdict.AGREE: "agree",
    ClaimVerdict.DISAGREE: "disagree",
    ClaimVerdict.CANNOT_TELL: "unknown",
}
_NONE = (
    "Nobody has written down a claim for this place yet. Copy data/claims/sample.toml to claims.toml "
    "beside porchlight.toml, and check it with: python -m data claims"
)
_READ = (
    "A verdict is of the records that are here, and of nothing else: “agree” is not “true”, and "
    "“disagree” is not “false”.",
    "A rise counts only where chance, bursts and season do not explain it; a share or a ratio only "
    "where all of its 95% interval lies on one side. Each claim is judged by itself.",
    "That there is no record says something only where an official source would hold every one. Made "
    "records and reports that nobody checked never agree and never disagree.",
    "Claims are by office, in the words of whoever keeps the list, never by a person's name.",
)


def show_claims_page(view: View) -> str:
    """Show the claims of the place; return the title of the page, which is to stand above."""
    try:
        checked = claims.checked_claims(view.stamp)
    except Problem as problem:
        st.error(plain(str(problem)))
        return "Claims cannot be read"
    if not checked:
        st.text(_NONE)
        return "No claims yet"
    for line in _tally(checked):
        st.text(line)
    for one in checked:
        if one.problem:
            st.error(plain(str(one.problem)))
        else:
            st.html(_claim(one, view.stamp))
    with st.expander("How to read this", key="how"):
        for line in _READ:
            st.text(line)
    return claim_words.say_tally(one.verdict for one in checked if not one.problem)


def say_filters() -> None:
    """Say that the filters of the bar, which are named below, change nothing here."""
    st.text(
        "The filters at the top do not change this page: each claim has filters of its own, which "
        "its link opens. Those at the top ask for:"
    )


def _tally(checked: Iterable[CheckedClaim]) -> list[str]:
    """What of parts of claims can be told, where not all of a claim can be: a line a verdict."""
    lines = []
    for one in checked:
        if one.claim is None or one.verdict is not ClaimVerdict.CANNOT_TELL:
            continue
        for verdict in (ClaimVerdict.AGREE, ClaimVerdict.DISAGREE):
            told = [part.part.of for part in one.parts if part.outcome.verdict is verdict]
            if told:
                word = claim_words.VERDICT_WORDS[verdict]
                lines.append(f"{word} with a part of what was claimed: {'; '.join(told)}.")
    return lines


def _claim(one: CheckedClaim, stamp: str) -> str:
    """A claim and what the records say of it, side by side, every text escaped."""
    assert one.claim is not None
    parts = "".join(_part(part, several=len(one.parts) > 1) for part in one.parts)
    notes = "".join(f'<p class="small">{escape(text)}</p>' for text in _covers(one, stamp))
    return (
        '<article class="porch-claim"><div>'
        f'<p class="who">{escape(one.claim.who)}</p><h2>{escape(one.claim.what)}</h2>'
        f'<p class="small">{escape(claim_words.say_where(one.claim))} In our own words.'
        f"{_link(one.claim.link)}</p></div>"
        f"<div>{_verdict(one.verdict, claim_words.say_verdict(one.verdict, one.why))}{parts}{notes}"
        "</div></article>"
    )


def _link(address: str) -> str:
    if not address:
        return ""
    return (
        f' <a href="{escape(address)}" target="_blank" rel="noreferrer noopener">Read it there</a>'
    )


def _verdict(verdict: ClaimVerdict, says: str) -> str:
    word = claim_words.VERDICT_WORDS[verdict]
    rest = says.removeprefix(word)
    return f'<p class="verdict {_LOOKS[verdict]}"><b>{escape(word)}</b>{escape(rest)}.</p>'


def _part(one: CheckedPart, *, several: bool) -> str:
    says = claim_words.say_verdict(one.outcome.verdict, one.outcome.why)
    head = f"<h3>{escape(one.part.of)}</h3>{_verdict(one.outcome.verdict, says)}" if several else ""
    number = claim_words.say_number(one)
    lines = (
        claim_words.say_test(one.part),
        one.sentence,
        claim_words.say_interval(one),
        claim_words.say_months(one),
        one.outcome.detail,
    )
    told = "".join(f'<p class="small">{escape(line)}</p>' for line in lines if line)
    opens = (
        f'<p><a href="records?{escape(one.query)}" target="_self">Open these records</a></p>'
        if one.query
        else ""
    )
    tells = f"<p><b>What would tell:</b> {escape(one.part.tells)}</p>" if one.part.tells else ""
    says_note = claim_words.say_note(one)
    note = f"<p>{escape(says_note)}</p>" if says_note else ""
    # a large number beside "cannot tell" would be read as an answer
    settled = one.outcome.verdict is not ClaimVerdict.CANNOT_TELL or one.outcome.estimate
    look = "number" if settled else "count"
    large = f'<p class="{look}">{escape(number)}</p>' if number else ""
    return f"<section>{head}{large}{told}{note}{tells}{opens}</section>"


def _covers(one: CheckedClaim, stamp: str) -> list[str]:
    """What each source of a claim's Views covers, once."""
    asked = [part.view for part in one.parts if part.view]
    meta = views.meta(stamp)
    found = {s["title"]: s["covers"] for view in asked for s in chosen_sources(view, meta)}
    return [f"{title}: {covers}" for title, covers in found.items()]
