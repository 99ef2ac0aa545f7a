"""The numbers of a page of tests: counts by area, asked of the data with the page's own query."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.maps import outlines
from data.numbers.numbers import PageNumbers
from data.pictures.figure import Chart
from data.storage.store import Current
from data.views import answers, links
from data.views.view import View


def ask_areas(path: str, current: Current, view: View, words: Mapping[str, str]) -> PageNumbers:
    """Counts by area, and the share that each has of all."""
    units = outlines.units(current, view.area_set, view.settled_by)
    answer = answers.area_table(current, view, units)
    n = answer.table["n"].to_numpy(np.int64)
    table = pd.DataFrame(
        {"area": answer.table["area"].astype(str), "n": n, "share": n / max(1, n.sum())}
    )
    rows = table[["area", "n"]].to_dict("records")
    chart = {
        "data": {"values": rows},
        "mark": "bar",
        "encoding": {
            "x": {"field": "n", "type": "quantitative"},
            "y": {"field": "area", "type": "nominal"},
        },
    }
    most = table.loc[table["n"].idxmax()]
    return PageNumbers(
        title=f"{most['area']} had the most: {most['n']:,}",
        subtitle="Incidents by area",
        table=table,
        columns={"area": "The area.", "n": "Incidents.", "share": "Share of all, 0 to 1."},
        key=("area",),
        compared=("n", "share"),
        sentence=links.sentence(view, current.meta, answer.headline),
        denominator="All incidents that were chosen.",
        uncertainty="Counts are exact; a Poisson interval is for what they stand for.",
        lacks="What was never recorded.",
        method="Count of an area",
        figure=Chart(chart),
        alt="Bars of the counts of areas.",
        queries=(f"SELECT area, count(*) FROM facts -- {path} {sorted(words)}",),
        seed=7,
    )
