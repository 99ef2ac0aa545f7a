"""Releases on the disk: the same bytes, whole or not there, published only when attacked."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from data import settings
from data.__main__ import app
from data.areas import area_import
from data.imports import importer
from data.languages import languages, page_name, protect_name
from data.privacy import budget, issue_key, policy
from data.privacy.tables import COLUMNS, Manifest
from data.release import chain, publish, release_files, release_manifest
from data.release.release_files import WrittenRelease
from data.settings import ROOT, Problem, Settings
from data.storage.database import query
from data.storage.events import to_row
from data.storage.store import Store
from data.upkeep import purge
from tests.conftest import command
from tests.releases import survived

NOW = datetime(2026, 3, 1, 18, tzinfo=UTC)
FIRST = date(2025, 9, 1)
YEAR_OVER = date(2026, 2, 20)  # every table of 2025 but the late one is closed
DECLARED = r"(?m)^volume = .*$(\nexpected = .*$)?"
WEST, SOUTH, SIDE = -93.30, 44.90, 0.02


def areas(file: Path) -> Path:
    """Six squares in a row; the second has too few residents."""
    features = []
    for i in range(6):
        x = WEST + i * SIDE
        ring = [[x, SOUTH], [x + SIDE, SOUTH], [x + SIDE, SOUTH + SIDE], [x, SOUTH + SIDE]]
        told = {"name": f"Area {i}", "people": 500 if i == 1 else 4000 + i}
        shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        features.append({"type": "Feature", "properties": told, "geometry": shape})
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file


def reports(file: Path, rows: int = 600, seed: int = 1, first: int = 0) -> Path:
    """Verified reports of half a year, with an origin each."""
    rng = np.random.default_rng(seed)
    day = pd.Timestamp("2025-05-01") + pd.to_timedelta(rng.integers(0, 300, rows), "D")
    pd.DataFrame(
        {
            "id": [f"r{first + i}" for i in range(rows)],
            "time": (day + pd.to_timedelta(rng.integers(0, 24, rows), "h")).strftime(
                "%Y-%m-%d %H:%M"
            ),
            "lat": (SOUTH + rng.uniform(0, SIDE, rows)).round(5),
            "lon": (WEST + rng.uniform(0, 6 * SIDE, rows)).round(5),
            "grade": "verified",
            "origin": [f"caller {i}" for i in rng.integers(0, 80, rows)],
        }
    ).to_csv(file, index=False)
    return file


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small store of reports and areas, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    for words in (
        ("import", str(reports(folder / "a.csv")), "--source", "hotline", "--kind", "sighting"),
        (
            "areas",
            str(areas(folder / "a.geojson")),
            "--name-column",
            "name",
            "--population-column",
            "people",
        ),
    ):
        done = command(*words, store=folder / "store")
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "store"


class Place:
    """One store with its keys and its public folder."""

    def __init__(self, root: Path, filled: Path) -> None:
        shutil.copytree(filled, root / "store")
        self.store = Store(root / "store")
        self.public = root / "public"
        self.config = root / "porchlight.toml"
        text = (ROOT / "porchlight.toml").read_text()
        self.config.write_text(re.sub(DECLARED, 'volume = "small"', text))
        self.env = {
            "PORCHLIGHT_CONFIG": str(self.config),
            "PORCHLIGHT_KEYS": str(root / "home" / "keys"),
            "PORCHLIGHT_PUBLIC": str(self.public),
        }

    def settings(self) -> Settings:
        return settings.load_settings(self.config)

    def release(self, as_of: date = FIRST, again: str = "") -> WrittenRelease:
        return release_files.write_release(
            self.store, self.settings(), as_of, now=NOW, public=self.public, again=again
        )

    @property
    def keys(self) -> list[str]:
        """The files in the folder of keys."""
        return sorted(file.name for file in Path(self.env["PORCHLIGHT_KEYS"]).glob("*"))

    def published(self, as_of: date = FIRST) -> str:
        made = self.release(as_of)
        survived(made.folder)
        publish.publish(self.store, self.settings(), made.id, self.public)
        return made.id

    def more(self, rows: int = 300, seed: int = 2) -> None:
        file = reports(self.store.root.parent / f"{seed}.csv", rows, seed, first=1000 * seed)
        told = importer.Options(source="hotline", kind="sighting")
        done = importer.import_file(
            self.store, self.settings(), file, told, ask=None, say=lambda text: None
        )
        assert done.kept == rows


@pytest.fixture
def place(tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    made = Place(tmp_path, filled)
    for name, value in made.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORCHLIGHT_STORE", str(made.store.root))
    yield made


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def numbers(folder: Path) -> dict[str, bytes]:
    return {k: v for k, v in contents(folder).items() if k.endswith(".csv")}


# what is written


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_the_store_is_closed_and_what_is_published_is_open_whatever_the_umask(
    place: Place, mask: int, tmp_path: Path
) -> None:
    shutil.rmtree(place.store.root)
    loose = place.store.root
    before = os.umask(mask)
    try:
        loose.mkdir(mode=0o777)  # as if made by hand
        for words in (
            [
                "import",
                str(reports(tmp_path / "b.csv")),
                "--source",
                "hotline",
                "--kind",
                "sighting",
            ],
            [
                "areas",
                str(areas(tmp_path / "b.geojson")),
                "--name-column",
                "name",
                "--population-column",
                "people",
            ],
        ):
            os.umask(mask)
            done = CliRunner().invoke(app, words)
            assert done.exit_code == 0, done.output
        name = place.published()
        assert name
    finally:
        os.umask(before)
    seen = [loose, *loose.rglob("*")]
    assert len(seen) > 15
    for path in seen:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    for path in [place.public, *place.public.rglob("*")]:
        if not path.is_symlink():
            assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_one_issue_is_one_set_of_bytes(place: Place, tmp_path: Path) -> None:
    made = place.release()
    first = contents(made.folder)
    assert place.release().old  # and here it is there already
    shutil.rmtree(made.folder)
    place.more()  # what comes after the decisions changes nothing
    later = NOW + timedelta(days=40)
    again = release_files.write_release(place.store, place.settings(), FIRST, now=later)
    assert contents(again.folder) == first
    shutil.rmtree(budget.budget_folder(place.store) / "measured")  # drawn from the key again
    shutil.rmtree(made.folder)
    assert contents(place.release().folder) == first


def test_another_key_gives_other_numbers(place: Place, tmp_path: Path, filled: Path) -> None:
    first = chain.tables(place.release().folder)
    other = Place(tmp_path / "other", filled)
    for name, value in other.env.items():
        os.environ[name] = value  # the fixture puts them back
    second = chain.tables(other.release().folder)
    path = "community/measured/city-month"
    assert first[path]["period"].equals(second[path]["period"])
    assert not first[path]["n"].equals(second[path]["n"])


def test_the_folder_is_what_its_manifest_says(place: Place) -> None:
    made = place.release(YEAR_OVER)
    manifest = made.manifest
    assert manifest == release_manifest.verify(made.folder)
    assert manifest == json.loads((made.folder / "manifest.json").read_text())
    assert set(manifest) == set(Manifest.__annotations__)
    assert set(manifest["policy"]) == set(policy.ENTRIES)
    assert manifest["epsilon"] == 1 and manifest["volume"] == "small" and not manifest["redone"]
    assert sum(
        e for t, e in manifest["years"]["2025"].items() if "sens" not in t and "late" not in t
    ) == pytest.approx(1)
    kinds = {path.rpartition("/")[0] for path in manifest["tables"]}
    assert kinds == {"community/measured", "community/estimate", "official", "press"}
    for path, entry in manifest["tables"].items():
        table = pq.read_table(made.folder / f"{path}.parquet")
        assert table.column_names == entry["columns"] == COLUMNS[path]
        assert table.num_rows == entry["rows"]
        back = pd.read_csv(made.folder / f"{path}.csv")
        assert (
            len(back) == len(json.loads((made.folder / f"{path}.json").read_text())) == len(table)
        )
        assert {str(f.type) for f in table.schema} <= {"string", "int32", "double"}
    groups = json.loads((made.folder / "areas.geojson").read_text())["features"]
    assert [f["properties"]["name"] for f in groups][:2] == ["Area 0 + Area 1", "Area 2"]
    districts = json.loads((made.folder / "districts.geojson").read_text())["features"]
    people = [f["properties"]["residents"] for f in districts]
    assert sum(people) == sum(f["properties"]["residents"] for f in groups) == manifest["residents"]
    assert {f["properties"]["district"] for f in groups} == set(range(1, len(districts) + 1))
    year = pd.read_csv(made.folder / "community/estimate/district-year.csv")
    assert year["district"].tolist() == list(range(len(districts) + 1))
    assert made.folder.parent.stat().st_mode & 0o777 == 0o700


def test_nothing_of_a_record_is_in_the_files(place: Place) -> None:
    from data.storage.database import literal, query

    files = ", ".join(literal(p) for p in place.store.batches.glob("*.parquet"))
    held = query(
        place.store.root,
        f"SELECT lat, lon, incident_id, origin, source FROM read_parquet([{files}])",
    )
    sought = {str(v) for name in held.column_names for v in held[name].to_pylist()}
    assert len(sought) > 1500
    text = "\n".join(str(v) for v in contents(place.release(YEAR_OVER).folder).values())
    # corners of areas are two decimals here, coordinates of records five
    for word in (s for s in sought if len(s) > 7):
        assert word not in text


def test_a_key_is_its_owner_s_and_gone_with_publishing(place: Place) -> None:
    made = place.release()
    folder = Path(place.env["PORCHLIGHT_KEYS"])
    file = folder / f"{FIRST}.key"
    key = file.read_bytes()
    assert place.keys == [file.name] and len(key) == 32
    assert file.stat().st_mode & 0o777 == 0o600 and folder.stat().st_mode & 0o777 == 0o700
    place.release(FIRST + timedelta(days=40))
    assert len(place.keys) == 2 and file.read_bytes() == key
    name = place.published(FIRST + timedelta(days=40))
    assert place.keys == []  # of all the issues that it shows
    whole = b"".join(contents(place.store.root).values()) + b"".join(
        contents(place.public).values()
    )
    assert key not in whole and key.hex().encode() not in whole and made.id != name
    assert place.release(FIRST + timedelta(days=40)).old and place.keys == []


def test_a_key_that_others_can_read_or_that_is_broken_is_a_sentence(place: Place) -> None:
    place.release()
    file = Path(place.env["PORCHLIGHT_KEYS"]) / f"{FIRST}.key"
    shutil.rmtree(budget.budget_folder(place.store) / "measured")
    file.chmod(0o640)
    with pytest.raises(Problem, match="chmod 600"):
        place.release()
    file.chmod(0o600)
    file.write_bytes(b"short")
    with pytest.raises(Problem, match="holds no key"):
        place.release()


def test_keys_lie_outside(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for inside in (ROOT / "keys", place.store.root / "keys"):
        monkeypatch.setenv("PORCHLIGHT_KEYS", str(inside))
        with pytest.raises(Problem, match="lies inside"):
            place.release()
        assert not inside.exists()
    monkeypatch.delenv("PORCHLIGHT_KEYS")
    monkeypatch.setenv("HOME", "/nowhere")
    found = issue_key.key_folder(place.settings())
    assert found == Path("/nowhere/.local/share/porchlight/minneapolis/issue-keys")


def test_numbers_whose_key_and_file_are_gone_stay_blank(place: Place) -> None:
    """What was drawn and lost is never drawn again: the manifest says so."""
    place.release()
    shutil.rmtree(budget.budget_folder(place.store) / "measured")
    shutil.rmtree(place.env["PORCHLIGHT_KEYS"])
    made = place.release(FIRST + timedelta(days=40))
    assert "are lost: they are never drawn again" in made.manifest["warnings"][-1]
    months = pd.read_csv(made.folder / "community/measured/city-month.csv")["period"]
    assert months.tolist() == ["2025-08"]


def test_no_release_of_a_day_to_come(place: Place) -> None:
    rules = policy.load_policy(place.settings())
    zone = place.settings()
    # 6:00 in Chicago is 12:00 UTC in winter
    assert release_files.today(zone, rules, datetime(2026, 3, 1, 11, 59, tzinfo=UTC)) == date(
        2026, 2, 28
    )
    assert release_files.today(zone, rules, datetime(2026, 3, 1, 12, 0, tzinfo=UTC)) == date(
        2026, 3, 1
    )
    with pytest.raises(Problem, match="is not over yet"):
        place.release(date(2026, 3, 2))


# the chain


def test_measured_numbers_stay_with_late_arrivals_and_retractions(place: Place) -> None:
    old = chain.tables(place.release().folder)
    place.more()
    for name in ("hotline:r3", "hotline:r44", "hotline:r45"):
        purge.purge(place.store, name)
    made = place.release(YEAR_OVER)
    longer = 0
    for path, new in chain.tables(made.folder).items():
        before = old.get(path, new.head(0))
        pd.testing.assert_frame_equal(
            new[new["period"].isin(before["period"])].reset_index(drop=True), before
        )
        longer += len(new) > len(before)
    assert longer == 6  # months, and five tables of the year; the late one closes in March


def test_what_comes_late_is_counted_by_itself(place: Place) -> None:
    """300 verified reports more, all after the months of this year were decided."""
    place.release(date(2026, 2, 12))
    place.more()
    with pytest.raises(Problem, match="is not over yet"):
        place.release(date(2026, 3, 2))
    made = release_files.write_release(
        place.store, place.settings(), date(2026, 3, 2), now=NOW + timedelta(days=3)
    )
    late = pd.read_csv(made.folder / "community/estimate/city-year-late.csv").iloc[0]
    files = ", ".join(f"'{p}'" for p in place.store.batches.glob("*.parquet"))
    told = query(
        place.store.root,
        f"SELECT local_date FROM read_parquet([{files}]) WHERE incident_id >= 'hotline:r2'",
    )
    days = pd.to_datetime(told.to_pandas()["local_date"])
    assert 0 < late["low"] <= late["number"] <= late["high"] <= late["low"] + 6
    assert abs(late["number"] - 0.8 * 300) < 60 and (days.dt.year == 2025).sum() > 200


def test_an_estimate_is_fitted_once_with_its_quarter_and_once_with_its_year(place: Place) -> None:
    path = "community/estimate/city-month"
    frames = [
        chain.read_table(place.release(day).folder, path).set_index("period")
        for day in (date(2025, 9, 1), date(2025, 10, 1), date(2025, 12, 20), YEAR_OVER)
    ]
    for before, after in pairwise(frames):
        both = before.join(after, suffixes=("", "_new"))
        same = both[both["status"] == both["status_new"]]
        assert (same["number"] == same["number_new"]).all() and (
            same["low"] == same["low_new"]
        ).all()
    assert set(frames[0]["status"]) == {"quarter", "provisional"}
    assert set(frames[-1]["status"][:12]) == {"year"}


def test_a_year_keeps_its_tables_whatever_the_policy_says_later(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = place.release().manifest
    config = tmp_path / "other.toml"
    text = place.config.read_text()
    config.write_text(
        re.sub(DECLARED, 'volume = "large"', re.sub(r"(?m)^epsilon = .*$", "epsilon = 2.0", text))
    )
    monkeypatch.setenv("PORCHLIGHT_CONFIG", str(config))
    after = release_files.write_release(
        place.store, settings.load_settings(config), YEAR_OVER, now=NOW
    )
    assert after.manifest["years"]["2025"] == before["years"]["2025"]
    assert "city-month" in after.manifest["years"]["2025"]
    assert after.manifest["volume"] == before["volume"]
    assert "weaker than the default" in after.manifest["warnings"][0]
    later = release_files.write_release(
        place.store, settings.load_settings(config), date(2026, 3, 2), now=NOW + timedelta(days=3)
    ).manifest
    assert later["volume"] == "large" and later["epsilon"] == 2
    assert (
        later["years"]["2026"]["group-month"] == 0.9
        and later["years"]["2025"] == before["years"]["2025"]
    )


def test_an_earlier_date_than_what_is_published_is_refused(place: Place) -> None:
    name = place.published()
    with pytest.raises(Problem, match=f"{name} is newer"):
        place.release(FIRST - timedelta(days=1))


def test_before_the_first_month_is_decided_there_is_nothing(place: Place) -> None:
    with pytest.raises(Problem, match="No month is old enough"):
        place.release(date(2025, 2, 10))


def test_an_embed_is_part_of_the_release(place: Place) -> None:
    def embed(folder: Path, manifest: dict[str, object]) -> None:
        assert "files" not in manifest and (folder / "community/estimate/city-month.csv").exists()
        (folder / "embed").mkdir()
        (folder / "embed" / "index.html").write_text("<p>x")

    made = release_files.write_release(place.store, place.settings(), FIRST, embed=embed, now=NOW)
    assert "embed/index.html" in made.manifest["files"]


def test_areas_are_frozen_for_a_year_that_is_begun(place: Place, tmp_path: Path) -> None:
    """New boundaries count from the next year on; earlier numbers keep the map that they are of."""
    first = place.published()
    before = (chain.folder(place.store, first) / "areas.geojson").read_bytes()
    file = areas(tmp_path / "b.geojson")
    file.write_text(file.read_text().replace('"people": 4002', '"people": 4'))
    area_import.add(
        place.store, place.settings(), file, name_column="name", population_column="people"
    )
    same = place.release(YEAR_OVER).folder
    assert (same / "areas.geojson").read_bytes() == before
    later = release_files.write_release(
        place.store, place.settings(), date(2026, 3, 2), now=NOW + timedelta(days=3)
    )
    budgets = later.manifest["budgets"]
    old = budgets["2025"]["partition"]
    assert budgets["2026"]["partition"] != old
    assert (later.folder / f"areas-{old}.geojson").read_bytes() == before
    assert (later.folder / "areas.geojson").read_bytes() != before


def test_without_residents_only_the_city_is_measured(place: Place, tmp_path: Path) -> None:
    file = areas(tmp_path / "b.geojson")
    file.write_text(re.sub(r', "people": \d+', "", file.read_text()).replace("Area ", "Zone "))
    area_import.add(place.store, place.settings(), file, name_column="name", population_column=None)
    made = place.release(YEAR_OVER)
    names = {
        path.rpartition("/")[2] for path in made.manifest["tables"] if path.startswith("community")
    }
    assert names and not any("district" in name or "group" in name for name in names)
    assert made.manifest["residents"] is None


def test_empty_stores_and_stores_without_areas(
    tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORCHLIGHT_KEYS", str(tmp_path / "home" / "keys"))
    place = settings.load_settings(ROOT / "porchlight.toml")
    with pytest.raises(Problem, match="no areas"):
        release_files.write_release(Store(tmp_path / "none"), place, FIRST, now=NOW)


# publish and recall


def test_every_byte_is_looked_at_again(place: Place) -> None:
    made = place.release()
    survived(made.folder)
    file = made.folder / "community" / "measured" / "city-month.csv"
    good = file.read_bytes()
    file.write_bytes(good + b"2025-09,15,0.3\n")
    with pytest.raises(Problem, match=r"city-month\.csv is not the file"):
        publish.publish(place.store, place.settings(), made.id, place.public)
    file.write_bytes(good)
    (made.folder / "more.txt").write_text("x")
    with pytest.raises(Problem, match=r"more\.txt is missing or should not"):
        publish.publish(place.store, place.settings(), made.id, place.public)
    (made.folder / "more.txt").unlink()
    manifest = made.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace("Minneapolis", "Elsewhere"))
    survived(made.folder)
    with pytest.raises(Problem, match="not the one that was written"):
        publish.publish(place.store, place.settings(), made.id, place.public)


def test_publish_swaps_and_recall_takes_back(place: Place) -> None:
    first = place.published()
    second = place.published(FIRST + timedelta(days=30))
    current = place.public / "current"
    assert current.resolve().name == second
    release_manifest.verify(current.resolve())
    assert not (current / "attack.json").exists()
    assert (current / "manifest.json").stat().st_mode & 0o777 == 0o644
    assert (place.public / "releases" / first).stat().st_mode & 0o777 == 0o755
    told = publish.recall(place.store, second, place.public)
    assert current.resolve().name == first and f"shows {first}" in told
    left = contents(place.public / "releases" / second)
    pages = {
        "index.html",
        "embed/embed.js",
        *(f"embed/{name(code)}" for code in languages() for name in (page_name, protect_name)),
    }
    assert set(left) == {"recalled.json", *pages}
    assert all(b"was recalled" in left[name] for name in pages)
    with pytest.raises(Problem, match="was recalled"):
        publish.publish(place.store, place.settings(), second, place.public)
    publish.recall(place.store, second, place.public)  # again: nothing more to do
    publish.recall(place.store, first, place.public)
    assert current.resolve().name == publish.STONE
    assert all(b"was recalled" in contents(current)[name] for name in pages)
    third = place.published(FIRST + timedelta(days=60))
    assert current.resolve().name == third
    publish.recall(place.store, third, place.public)
    assert current.resolve().name == publish.STONE
    output = CliRunner().invoke(app, ["release", "--as-of", "2025-12-20"]).output
    assert "were shown by recalled releases only" in " ".join(output.split())
    assert [to_row(e).verb for e in place.store.events()][-5:-2] == ["release", "publish", "recall"]
    assert not list((place.public / "releases").glob(".*"))


def test_numbers_of_a_recalled_release_are_the_same_or_none(place: Place) -> None:
    first = place.published()
    second = place.published(FIRST + timedelta(days=30))
    publish.recall(place.store, second, place.public)
    third = place.published(FIRST + timedelta(days=60))
    path = "community/measured/city-month"
    one, two, three = (
        chain.read_table(chain.folder(place.store, name), path).set_index("period")["n"]
        for name in (first, second, third)
    )
    only = two.index.difference(one.index)
    assert len(only) and not three.index.intersection(only).size
    assert three[one.index].equals(one) and three.index.difference(two.index).size


def test_a_wrong_year_is_measured_a_second_time_and_never_a_third(place: Place) -> None:
    name = place.published()
    with pytest.raises(Problem, match=f"{name} shows numbers of 2025: recall it first"):
        place.release(FIRST + timedelta(days=1), again="2025")
    with pytest.raises(Problem, match="Nothing of 2023"):
        place.release(FIRST + timedelta(days=1), again="2023")
    before = chain.tables(chain.folder(place.store, name))["community/measured/city-month"]
    publish.recall(place.store, name, place.public)
    place.more(900)
    made = place.release(FIRST + timedelta(days=1), again="2025")
    assert made.manifest["redone"] == ["2025"]
    after = chain.tables(made.folder)["community/measured/city-month"]
    assert after["period"].equals(before["period"])
    assert after["n"].sum() > before["n"].sum() + 100  # decided anew: the reports that came since
    survived(made.folder)
    publish.publish(place.store, place.settings(), made.id, place.public)
    publish.recall(place.store, made.id, place.public)
    with pytest.raises(Problem, match="second time already"):
        place.release(FIRST + timedelta(days=2), again="2025")


def test_numbers_that_are_public_are_not_measured_again(
    place: Place, tmp_path: Path, filled: Path
) -> None:
    """A store made anew, or a backup put back: the public folder says what is spent."""
    first = place.published()
    shown = chain.tables(chain.folder(place.store, first))
    other = Place(tmp_path / "other", filled)
    other.more(900)
    os.environ["PORCHLIGHT_KEYS"] = other.env["PORCHLIGHT_KEYS"]
    made = release_files.write_release(
        other.store, other.settings(), YEAR_OVER, now=NOW, public=place.public
    )
    again = chain.tables(made.folder)
    for path, frame in shown.items():
        both = again[path][again[path]["period"].isin(frame["period"])].reset_index(drop=True)
        pd.testing.assert_frame_equal(both, frame)
    # months of which something is public are never decided anew: no year table counts them
    assert "community/measured/district-year" not in again
    survived(made.folder)
    assert "Published" in publish.publish(other.store, other.settings(), made.id, place.public)


def test_other_numbers_than_the_public_ones_are_not_published(
    place: Place, tmp_path: Path, filled: Path
) -> None:
    first = place.published()
    other = Place(tmp_path / "other", filled)
    os.environ["PORCHLIGHT_KEYS"] = other.env["PORCHLIGHT_KEYS"]
    made = release_files.write_release(
        other.store, other.settings(), FIRST + timedelta(days=7), now=NOW
    )
    survived(made.folder)
    with pytest.raises(Problem, match=f"other numbers than {first}"):
        publish.publish(other.store, other.settings(), made.id, place.public)


def test_the_public_folder_is_apart(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (place.store.root / "x", place.store.root.parent, ROOT / "static"):
        monkeypatch.setenv("PORCHLIGHT_PUBLIC", str(folder))
        with pytest.raises(Problem, match="must not hold or lie in"):
            publish.public(settings.load_settings(ROOT / "porchlight.toml"))
    monkeypatch.delenv("PORCHLIGHT_PUBLIC")
    with pytest.raises(Problem, match="is not set"):
        publish.public(place.settings())


def test_commands_say_what_they_did(place: Place) -> None:
    done = CliRunner().invoke(app, ["release", "--as-of", "2025-09-01"])
    assert done.exit_code == 0, done.output
    name = chain.past(place.store)[0].id
    assert f"Release {name} is made" in done.output and "city-month: " in done.output
    for words, said in (
        (("publish", name), "was not attacked yet"),
        (("publish", "2031"), "No single release"),
        (("recall", "x"), f"Releases: {name}"),
        (("release", "--as-of", "soon"), "write it like 2026-01-31"),
        (("release", "--as-of", "2999-01-01"), "is not over yet"),
    ):
        done = CliRunner().invoke(app, list(words))
        assert done.exit_code == 1 and said in done.output
