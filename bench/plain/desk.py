"""The plain way of a desk: one table in one file, read whole for a deal and written whole for a grade;
records go into what screens read by writing all of it anew."""

import sqlite3
from pathlib import Path

import duckdb
import pandas as pd


def fill(file: Path, tips: int) -> None:
    """A table of tips that nobody graded."""
    frame = pd.DataFrame(
        {
            "id": range(tips),
            "area": [f"Area {n % 200}" for n in range(tips)],
            "text": [f"words of tip {n} that somebody wrote" for n in range(tips)],
            "grades": 0,
            "grade": "",
            "by": "",
        }
    )
    with sqlite3.connect(file) as connection:
        frame.to_sql("tips", connection, index=False, if_exists="replace")


def deal_and_grade(file: Path, who: str) -> int:
    """Read the table, take the first tip that needs a grade of somebody, write the table back."""
    with sqlite3.connect(file) as connection:
        frame = pd.read_sql("SELECT * FROM tips", connection)
        free = frame[(frame["grades"] < 2) & (frame["by"] != who)]
        tip = int(free.index[0])
        frame.loc[tip, ["grade", "by"]] = ["verified", who]
        frame.loc[tip, "grades"] += 1
        frame.to_sql("tips", connection, index=False, if_exists="replace")
    return tip


def add_records(facts_sql: str, target: Path, records: int) -> int:
    """Write the whole table that screens read anew, with some records more, and read it whole into
    memory, as the plain dashboard does; its rows."""
    with duckdb.connect() as connection:
        more = f"SELECT * FROM ({facts_sql}) LIMIT {records}"
        connection.execute(
            f"COPY (SELECT * FROM ({facts_sql}) UNION ALL ({more})) TO '{target}' (FORMAT parquet)"
        )
    return len(pd.read_parquet(target))
