"""A15: which community reports exist, guessed from the official feed with and without a release?

For every area and day on which the feed has a call, guess whether a report was in too,
from the feed alone and from the feed with the released tables. A third guess is told the
true totals of each area and week beside the feed: what is left then tells of more than those.
"""

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from data.attacks import made_records
from data.attacks.builds import SECRET, job
from data.attacks.case import Case, Count, Found, span
from data.release.tables import Tables
from geo.arrays import Floats

_MOST = 0.05
_ALSO = 0.3  # of the reports: somebody called 911 too
_TOLD = ("area-month", "area-quarter", "area-quarter-kind", "area-year-kind")


def joined(case: Case, count: Count) -> Found:
    """Measure how much better the guess is with the release than with the feed alone."""
    build = job(case)
    yearly = 20_000 if count.weeks > 52 else 6_000
    years = 2
    known = made_records.records_known_on(made_records.history(yearly, years), date(2100, 1, 1))
    community = known[(known["source_kind"] == "community") & (known["group"] > 0)]
    feed = calls(community, np.random.default_rng(15))
    as_of = date(made_records.FIRST_DAY.year + years, 3, 1)
    records = pd.concat([known, feed], ignore_index=True)
    tables = build(records, as_of, SECRET, None, years=years)
    true = community[community["grade"].isin(["corroborated", "verified"])]
    bare, with_it, alone, told, every = advantage(tables, feed, true)
    figure = (
        f"{with_it - bare:+.3f} to {bare:.3f} of the feed; {told - alone:+.3f} beside true totals"
    )
    return Found(every > 0 and max(with_it - bare, told - alone) <= _MOST, figure)


def calls(community: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A made feed of calls: busy where and when reports are, and some of the same events."""
    same = community[rng.random(len(community)) < _ALSO]
    n = len(community)
    where = community["group"].sample(n, replace=True, random_state=1).to_numpy()
    anywhere = rng.integers(1, made_records.GROUPS + 1, n)
    when = community["local_date"].sample(n, replace=True, random_state=2).to_numpy()
    frame = made_records.records_of_cells(
        [{"group": int(g)} for g in np.where(rng.random(n) < 0.7, where, anywhere)]
    )
    frame = frame.assign(local_date=when, kind=rng.choice(list(made_records.KINDS), n))
    frame = pd.concat([frame, same], ignore_index=True)
    ids = [f"call:{i}" for i in range(len(frame))]
    return frame.assign(
        incident_id=ids,
        source=made_records.CALLS,
        source_kind="official",
        grade="on_record",
        origin=None,
        already_public=True,
        setting="street",
    )


def advantage(
    tables: Tables, feed: pd.DataFrame, true: pd.DataFrame
) -> tuple[float, float, float, float, int]:
    """The area under the curve of the feed, and with the release; the same beside true totals;
    and the area-days asked."""
    day = pd.to_datetime(feed["local_date"])
    seen = feed.assign(day=day).groupby(["group", "day"]).size().rename("calls").reset_index()
    there = true.assign(day=pd.to_datetime(true["local_date"])).groupby(["group", "day"]).size()
    index = pd.MultiIndex.from_frame(seen[["group", "day"]])
    label = there.reindex(index).fillna(0).to_numpy() > 0
    month, week = seen["day"].dt.strftime("%Y-%m"), seen["day"].dt.strftime("%G-W%V")
    base = [np.log(seen["calls"]), np.log1p(seen["calls"].groupby(seen["day"]).transform("sum"))]
    base += [seen["calls"].groupby(g).transform("sum") for g in (seen["group"], month, week)]
    base.append(seen["calls"].groupby([seen["group"], month]).transform("sum"))
    # the totals that any release tells: of an area and of a week of the city
    base += [seen["group"].map(there.groupby("group").sum()).fillna(0)]
    weekly = there.groupby(pd.to_datetime(there.index.get_level_values(1)).strftime("%G-W%V")).sum()
    base.append(week.map(weekly).fillna(0))
    plain = np.column_stack([np.log1p(np.asarray(b, float)) for b in base])
    tells = _released(tables, seen, month, week)
    feed_alone = plain[:, :-2]
    guesses = (feed_alone, np.column_stack([feed_alone, *tells]), plain)
    bare, with_it, alone = (_area_under(features, label) for features in guesses)
    return bare, with_it, alone, _area_under(np.column_stack([plain, *tells]), label), len(label)


def _released(
    tables: Tables, seen: pd.DataFrame, month: pd.Series, week: pd.Series
) -> list[Floats]:
    """The features that the released tables give each area and day: numbers, and where none is."""
    quarter = seen["day"].dt.year.astype(str) + "-Q" + seen["day"].dt.quarter.astype(str)
    year = seen["day"].dt.strftime("%Y")
    out: list[Floats] = []
    keys = {"area-month": month, "area-quarter": quarter, "area-quarter-kind": quarter}
    keys["area-year-kind"] = year
    official = seen["day"].dt.strftime("%Y-%m-%d")
    paths = [(f"community/{name}", keys[name]) for name in _TOLD]
    for path, period in [*paths, ("official/area-day-kind", official)]:
        frame = tables[path].assign(period=tables[path]["period"].astype(str))
        n = frame.dropna(subset="n").groupby(["area", "period"])["n"].sum().astype(float)
        asked = pd.MultiIndex.from_arrays([seen["group"], period], names=["area", "period"])
        value = n.reindex(asked).to_numpy(float)
        if path.startswith("official"):  # less what the feed itself says
            value = value - seen["calls"].to_numpy(float)
            out.append(np.nan_to_num(value))
        else:
            days = {p: (span(p)[1] - span(p)[0]).days for p in period.unique()}
            value = np.log1p(np.nan_to_num(value) / period.map(days).to_numpy())
            out += [value, (value == 0).astype(float)]
    frame = tables["community/city-week-kind"]
    for kind in ("all", "sighting"):
        n = frame[frame["kind"] == kind].set_index("period")["n"].astype(float)
        out.append(np.log1p(week.map(n).fillna(0).to_numpy(float)))
    return out


def _area_under(features: Floats, label: npt.NDArray[np.bool_]) -> float:
    """Logistic regression on one half of the days, tried on the other."""
    order = np.random.default_rng(1).permutation(len(label))
    spread = features.std(axis=0)
    x = (features - features.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    x = np.column_stack([np.ones(len(x)), x])
    train, test = order[::2], order[1::2]
    weight = np.zeros(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-np.clip(x[train] @ weight, -30, 30)))
        bend = (x[train].T * (p * (1 - p))) @ x[train] + 1e-3 * len(train) ** 0.5 * np.eye(
            len(weight)
        )
        weight += np.linalg.solve(bend, x[train].T @ (label[train] - p))
    ranks = stats.rankdata(x[test] @ weight)
    yes = label[test]
    many = int(yes.sum())
    return float((ranks[yes].sum() - many * (many + 1) / 2) / max(many * (len(yes) - many), 1))
