"""The numbers of the page Claims: a row a part of a claim, with its number and verdict."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data import settings
from data.claims import check_claims, claim_words
from data.claims.check_claims import CheckedClaim, CheckedPart
from data.claims.verdicts_of_claims import ClaimVerdict
from data.numbers import specs
from data.numbers.numbers import PageNumbers
from data.palette import LIGHT
from data.pictures.figure import Chart
from data.settings import Problem
from data.storage.store import Current
from data.views import links
from data.views.view import View

METHOD = "Claim against records"
_COLUMNS = {
    "who": "The office or body that claimed it.",
    "claim": "What was claimed, in our own words.",
    "part": "The part of the claim that is tested; empty where it is tested as a whole.",
    "when": "The day or month of the claim.",
    "published": "Where and when it was published.",
    "verdict": "Whether the records agree, disagree or cannot tell, and why.",
    "records": "Records that test it; empty where no filters choose any.",
    "value": "The share or ratio that decides; empty where there is none.",
    "low": "Lower end of its 95% interval.",
    "high": "Upper end of its 95% interval.",
    "link": "The part of a link behind the question mark that opens these records.",
    "note": "What the records show, and what they do not.",
    "tells": "What would tell, where they cannot.",
}


def number_claims(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """The claims of the place, checked; the View changes nothing but the moment by which community
    reports are settled."""
    now = _moment(page.get(links.SETTLED, ""), view)
    place = settings.load_settings()
    checked = [
        one
        for one in check_claims.check_claims(current, place, current.folder.parents[1], now)
        if not one.problem
    ]
    told = [(one, part) for one in checked for part in one.parts]
    if not told:
        raise Problem("There is no claim of this place that can be read.")
    table = pd.DataFrame([_row(one, part) for one, part in told], columns=list(_COLUMNS))
    return PageNumbers(
        title=claim_words.say_tally(one.verdict for one in checked),
        subtitle="Verdicts of the records on what was claimed, by part",
        table=table,
        columns=_COLUMNS,
        key=("who", "claim", "part"),
        compared=("verdict", "records", "value"),
        sentence=" ".join(part.sentence for _, part in told if part.sentence),
        denominator="Each number is of the records that its own filters choose; a share says of which records.",
        uncertainty=(
            "95% intervals where a number is a share or a ratio; a claim is settled only where all of "
            "the interval lies on one side, each claim judged by itself."
        ),
        lacks="“Agree” is not “true”: a verdict is of the records that are here, and of nothing else.",
        method=METHOD,
        figure=draw_verdicts(told),
        alt=" ".join(
            f"{part.part.of or one.claim.what} ({one.claim.who}): "
            f"{claim_words.VERDICT_WORDS[part.outcome.verdict].lower()}."
            for one, part in told
            if one.claim
        ),
        sources=tuple(
            dict.fromkeys(source for _, part in told if part.view for source in part.view.sources)
        ),
    )


def _moment(settled: str, view: View) -> datetime:
    """The moment to read Views at: so long after that reports are settled by the link's moment,
    which can only make it earlier than now, never later."""
    now, place = datetime.now(UTC), settings.load_settings()
    try:
        frozen: datetime | None = datetime.fromisoformat(settled).replace(tzinfo=None)
    except ValueError:
        frozen = view.settled_by
    if frozen is None or frozen >= links.latest_settled(place, now):
        return now
    return frozen.replace(tzinfo=UTC) + timedelta(hours=place.minimum_age)


def _row(one: CheckedClaim, part: CheckedPart) -> dict[str, Any]:
    assert one.claim is not None
    found = part.outcome.estimate
    ends = (found.value, found.low, found.high) if found else (np.nan,) * 3
    return {
        "who": one.claim.who,
        "claim": one.claim.what,
        "part": part.part.of,
        "when": one.claim.when,
        "published": f"{one.claim.paper}, {one.claim.published}",
        "verdict": claim_words.say_verdict(part.outcome.verdict, part.outcome.why),
        "records": np.nan if part.n is None else part.n,
        **dict(zip(("value", "low", "high"), (v if np.isfinite(v) else np.nan for v in ends))),
        "link": part.query,
        "note": claim_words.say_note(part),
        "tells": part.part.tells,
    }


def draw_verdicts(told: Sequence[tuple[CheckedClaim, CheckedPart]]) -> Chart:
    """The chart with a row a part and a column a verdict: a dot where they meet."""
    rows = [
        {
            "claim": f"{one.claim.who}: {part.part.of or one.claim.what}",
            "verdict": claim_words.VERDICT_WORDS[part.outcome.verdict],
        }
        for one, part in told
        if one.claim
    ]
    every = [claim_words.VERDICT_WORDS[verdict] for verdict in ClaimVerdict]
    axis = {"orient": "top", "labelAngle": 0}
    x = {
        "field": "verdict",
        "type": "nominal",
        "title": None,
        "scale": {"domain": every},
        "axis": axis,
    }
    y = {
        "field": "claim",
        "type": "nominal",
        "title": None,
        "sort": None,
        "axis": {"labelLimit": 420},
    }
    mark = {"type": "point", "filled": True, "size": 120, "color": LIGHT.ink, "opacity": 1}
    return specs.chart({"mark": mark, "encoding": {"x": x, "y": y}}, pd.DataFrame(rows))
