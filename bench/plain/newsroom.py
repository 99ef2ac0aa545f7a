"""Police response, force and harm as a careful analyst counts them in a frame in memory."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data import words
from data.storage.store import Current
from data.views.view import View


def load(current: Current) -> pd.DataFrame:
    """All rows in memory, each column in its smallest type."""
    files = [pq.read_table(part.file) for part in current.partitions]
    frame: pd.DataFrame = pa.concat_tables(files).to_pandas(date_as_object=False)
    return frame


def _shown(frame: pd.DataFrame, view: View) -> pd.DataFrame:
    days = frame["day"].between(pd.Timestamp(view.start), pd.Timestamp(view.end))
    return frame[days & (frame["grade"] != words.CODES["grade"]["rejected"])]


def responses(frame: pd.DataFrame, view: View) -> pd.Series:
    """Counts by city, month and response, all by their codes."""
    rows = _shown(frame, view)
    months = rows["day"].to_numpy("datetime64[M]")
    return rows.groupby([rows["city"], pd.Series(months, rows.index), rows["response"]]).size()


def harms(frame: pd.DataFrame, view: View, area: str) -> dict[str, pd.DataFrame]:
    """Counts of each kind of force and harm in all, by month, area and city, by their codes."""
    rows = _shown(frame, view)
    masks = {}
    for column in ("force", "harm"):
        masks[f"{column}_{words.NOT_RECORDED}"] = rows[column] == 0
        for word, bit in words.CODES[column].items():
            masks[f"{column}_{word}"] = (rows[column] & (1 << bit)) > 0
    flags = pd.DataFrame({"of": True, **masks}, index=rows.index)
    months = pd.Series(rows["day"].to_numpy("datetime64[M]"), rows.index)
    return {
        "total": flags.sum().to_frame().T,
        "months": flags.groupby(months).sum(),
        "areas": flags[rows[area] >= 0].groupby(rows[area]).sum(),
        "cities": flags.groupby(rows["city"]).sum(),
    }
