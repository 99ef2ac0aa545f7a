"""Releases on the disk: the same bytes, whole or not there, published only when attacked."""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from data import attacks, settings
from data.__main__ import app
from data.areas import area_import
from data.attacks.case import LARGE, SMALL
from data.imports import importer
from data.release import chain, policy, publish, release_files, release_manifest, secret_key
from data.release.release_files import WrittenRelease
from data.release.tables import Tables
from data.settings import ROOT, Problem, Settings
from data.storage.events import to_row
from data.storage.store import Store
from data.upkeep import purge
from tests.conftest import command
from tests.releases import survived

NOW = datetime(2026, 3, 1, 18, tzinfo=UTC)
FIRST = date(2025, 9, 1)
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
    """One store with its secret and its public folder."""

    def __init__(self, root: Path, filled: Path) -> None:
        shutil.copytree(filled, root / "store")
        self.store = Store(root / "store")
        self.public = root / "public"
        self.env = {
            "PORCHLIGHT_SECRET": str(root / "home" / "secret"),
            "PORCHLIGHT_PUBLIC": str(self.public),
        }

    def settings(self) -> Settings:
        return settings.load_settings(ROOT / "porchlight.toml")

    def release(self, as_of: date = FIRST) -> WrittenRelease:
        return release_files.write_release(self.store, self.settings(), as_of, now=NOW)

    def published(self, as_of: date = FIRST) -> str:
        made = self.release(as_of)
        survived(made.folder)
        publish.publish(self.store, made.id, self.public)
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


def test_same_input_same_bytes(place: Place, tmp_path: Path, filled: Path) -> None:
    first = contents(place.release().folder)
    other = Place(tmp_path / "other", filled)
    later = NOW + timedelta(days=40)
    again = release_files.write_release(other.store, other.settings(), FIRST, now=later)
    assert contents(again.folder) == first and not again.old
    assert place.release().old  # and here it is there already
    assert contents(place.release().folder) == first
    (tmp_path / "home" / "secret").write_text("ab" * 32 + "\n")
    third = Place(tmp_path / "third", filled)
    assert (
        contents(release_files.write_release(third.store, third.settings(), FIRST, now=NOW).folder)
        != first
    )


def test_the_folder_is_what_its_manifest_says(place: Place) -> None:
    made = place.release()
    assert (
        made.manifest
        == release_manifest.verify(made.folder)
        == json.loads((made.folder / "manifest.json").read_text())
    )
    assert set(made.manifest) == {
        "id",
        "place",
        "as_of",
        "stamp",
        "code",
        "policy",
        "warnings",
        "held_back",
        "sources",
        "tables",
        "files",
    }
    assert made.manifest["policy"]["records"]["value"] == 12
    assert set(made.manifest["policy"]) == set(policy.ENTRIES)
    assert len(made.manifest["tables"]) == 15
    for path, told in made.manifest["tables"].items():
        table = pq.read_table(made.folder / f"{path}.parquet")
        assert table.column_names == told["columns"] and table.num_rows == told["rows"]
        back = pd.read_csv(made.folder / f"{path}.csv")
        assert back["n"].sum() == sum(table["n"].drop_null().to_pylist())
        assert {str(f.type) for f in table.schema} <= {"string", "int32"}
    drawn = json.loads((made.folder / "areas.geojson").read_text())["features"]
    assert [f["properties"]["name"] for f in drawn][:2] == ["Area 0 + Area 1", "Area 2"]
    shown = pd.read_csv(made.folder / "community/area-month.csv")["n"].notna()
    assert shown.sum() > 3
    assert made.folder.parent.stat().st_mode & 0o777 == 0o700


def test_nothing_of_a_record_is_in_the_files(place: Place) -> None:
    from data.storage.store import literal, query

    files = ", ".join(literal(p) for p in place.store.batches.glob("*.parquet"))
    held = query(
        place.store.root, f"SELECT lat, lon, incident_id, origin FROM read_parquet([{files}])"
    )
    sought = {str(v) for name in held.column_names for v in held[name].to_pylist()}
    assert len(sought) > 1500
    internal = [e.stamp for e in place.store.history().built.values()]
    text = "\n".join(str(v) for v in contents(place.release().folder).values())
    # corners of areas are two decimals here, coordinates of records five
    for word in (*(s for s in sought if len(s) > 7), *internal):
        assert word not in text


def test_the_secret_is_made_once_and_for_its_owner_only(place: Place) -> None:
    file = Path(place.env["PORCHLIGHT_SECRET"])
    place.release()
    assert file.stat().st_mode & 0o777 == 0o600 and len(file.read_text().strip()) == 64
    before = file.read_text()
    place.release(FIRST + timedelta(days=7))
    assert file.read_text() == before
    assert before.strip() not in (place.store.ledger.file.read_bytes()).decode("latin1")
    file.chmod(0o640)
    with pytest.raises(Problem, match="chmod 600"):
        place.release()


@pytest.mark.parametrize("text", ["", "zz" * 32, "ab" * 31])
def test_a_broken_secret_is_a_sentence(place: Place, text: str) -> None:
    file = Path(place.env["PORCHLIGHT_SECRET"])
    file.parent.mkdir()
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(Problem, match="holds no secret"):
        place.release()


def test_the_secret_lies_outside(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for inside in (ROOT / "secret", place.store.root / "secret"):
        monkeypatch.setenv("PORCHLIGHT_SECRET", str(inside))
        with pytest.raises(Problem, match="lies inside"):
            place.release()
        assert not inside.exists()
    monkeypatch.delenv("PORCHLIGHT_SECRET")
    monkeypatch.setenv("HOME", "/nowhere")
    found = secret_key.secret_path(place.settings())
    assert found == Path("/nowhere/.local/share/porchlight/minneapolis/secret")


def test_another_secret_is_refused(place: Place) -> None:
    place.release()
    Path(place.env["PORCHLIGHT_SECRET"]).write_text("ab" * 32)
    with pytest.raises(Problem, match="not the secret"):
        place.release(FIRST + timedelta(days=7))


def test_a_second_secret_is_never_made(place: Place) -> None:
    place.release()
    file = Path(place.env["PORCHLIGHT_SECRET"])
    file.unlink()
    with pytest.raises(Problem, match="is missing: put its copy back"):
        place.release(FIRST + timedelta(days=7))
    assert not file.exists()


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


def test_closed_cells_stay_with_late_arrivals_and_retractions(place: Place) -> None:
    first = place.release()
    old = {p: pd.read_csv(first.folder / p) for p in numbers(first.folder) if "off" not in p}
    place.more()
    for name in ("hotline:r3", "hotline:r44", "hotline:r45"):
        purge.purge(place.store, name)
    made = place.release(FIRST + timedelta(days=70))
    changed = 0
    for path, frame in old.items():
        new = pd.read_csv(made.folder / path)
        keys = [c for c in frame if c != "n"]
        both = frame.merge(new, "left", keys, suffixes=("", "_new"))
        assert both["n"].equals(both["n_new"]), path
        changed += len(new) > len(frame)
    assert changed == 10  # newer weeks, months and quarters; no year is over


def test_the_first_release_of_a_year_takes_late_reports_in(place: Place) -> None:
    first = place.release(date(2025, 12, 20))
    place.more(900)
    same = place.release(date(2025, 12, 27))
    later = place.release(date(2026, 1, 20))
    path = "community/area-month.csv"
    one, two, three = (pd.read_csv(m.folder / path) for m in (first, same, later))
    assert one["n"].equals(two["n"])
    late = three["n"][: len(one)]
    change = (late - one["n"]).abs()  # a number that is not shown leaves nothing to take off
    assert (change.isna() | (change == 0) | (change >= 10)).all()
    assert (late.notna() & one["n"].isna()).any()


def test_an_earlier_date_is_refused(place: Place) -> None:
    made = place.release()
    with pytest.raises(Problem, match=f"{made.id} is newer"):
        place.release(FIRST - timedelta(days=1))


def test_a_release_that_failed_and_nobody_saw_is_not_followed(place: Place) -> None:
    made = place.release()
    (made.folder / "attack.json").write_text('{"passed": false}')
    place.more()
    again = place.release()
    assert numbers(again.folder) != numbers(made.folder)


def test_what_a_check_finds_is_held_back(place: Place) -> None:
    free = place.release()
    path, frame = "community/area-month", pd.read_csv(free.folder / "community/area-month.csv")
    row = frame.dropna().iloc[0]
    shutil.rmtree(free.folder)

    def check(tables: Tables) -> list[release_files.Cell]:
        now = tables[path].set_index(["period", "area"])["n"]
        cell = (row["period"], int(row["area"]))
        return [] if now[cell] is pd.NA else [(path, cell)]

    made = release_files.write_release(place.store, place.settings(), FIRST, check=check, now=NOW)
    left = pd.read_csv(made.folder / f"{path}.csv").set_index(["period", "area"])["n"]
    assert np.isnan(left[row["period"], int(row["area"])])
    # the rest is as it was; a number that had to give way to this one may be shown instead
    both = pd.DataFrame({"free": frame.set_index(["period", "area"])["n"], "left": left}).dropna()
    assert len(both) and (both["free"] == both["left"]).all()


def test_an_embed_is_part_of_the_release(place: Place) -> None:
    def embed(folder: Path, manifest: dict[str, object]) -> None:
        assert "files" not in manifest and (folder / "community/area-month.csv").exists()
        (folder / "embed").mkdir()
        (folder / "embed" / "index.html").write_text("<p>x")

    made = release_files.write_release(place.store, place.settings(), FIRST, embed=embed, now=NOW)
    assert "embed/index.html" in made.manifest["files"]


def test_areas_are_frozen_once_published(place: Place, tmp_path: Path) -> None:
    first = place.published()
    file = areas(tmp_path / "b.geojson")
    file.write_text(file.read_text().replace('"people": 4002', '"people": 4'))
    area_import.add(
        place.store, place.settings(), file, name_column="name", population_column="people"
    )
    drawn = (place.release(FIRST + timedelta(days=7)).folder / "areas.geojson").read_bytes()
    assert drawn == (chain.folder(place.store, first) / "areas.geojson").read_bytes()


def test_empty_stores_and_stores_without_areas(
    tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORCHLIGHT_SECRET", str(tmp_path / "home" / "secret"))
    place = settings.load_settings(ROOT / "porchlight.toml")
    with pytest.raises(Problem, match="no areas"):
        release_files.write_release(Store(tmp_path / "none"), place, FIRST, now=NOW)


# publish and recall


def test_published_only_when_attacked(place: Place) -> None:
    made = place.release()

    def refused(said: str) -> None:
        with pytest.raises(Problem, match=said):
            publish.publish(place.store, made.id, place.public)
        assert not (place.public / "current").exists()

    refused("not attacked yet")
    file = made.folder / "attack.json"
    for text in ("", "[]", "{}", '{"passed": true}'):
        file.write_text(text)
        refused("cannot be read")
    survived(made.folder)
    good = json.loads(file.read_text())
    file.write_text(json.dumps(good | {"release": "0" * 64}))
    refused("other bytes")
    file.write_text(json.dumps(good | {"passed": False}))
    refused("did not survive")
    file.write_text(json.dumps(good | {"results": []}))
    refused("was not attacked by A1, A2, ")
    file.write_text(json.dumps(good | {"results": good["results"][:-1]}))
    refused("was not attacked by A15.")
    assert tuple(attack.id for attack in attacks.ATTACKS) == publish.REQUIRED_ATTACKS
    assert LARGE._asdict() == publish.TRIES  # a first look with few tries is not enough
    for count in (SMALL._asdict(), LARGE._asdict() | {"days": 59}, {}):
        file.write_text(json.dumps(good | {"count": count}))
        refused("attacked too seldom")
    file.write_text(json.dumps(good | {"count": {"weeks": "many"}}))
    refused("cannot be read")
    lost = good | {"results": [*good["results"], {"id": "A2", "passed": False}]}
    file.write_text(json.dumps(lost))
    refused("did not survive A2")
    survived(made.folder)
    assert "Published" in publish.publish(place.store, made.id[:12], place.public)
    assert (place.public / "current").readlink() == Path("releases") / made.id


def test_every_byte_is_looked_at_again(place: Place) -> None:
    made = place.release()
    survived(made.folder)
    file = made.folder / "community" / "area-month.csv"
    good = file.read_bytes()
    file.write_bytes(good + b"2025-09,1,15\n")
    with pytest.raises(Problem, match=r"area-month\.csv is not the file"):
        publish.publish(place.store, made.id, place.public)
    file.write_bytes(good)
    (made.folder / "more.txt").write_text("x")
    with pytest.raises(Problem, match=r"more\.txt is missing or should not"):
        publish.publish(place.store, made.id, place.public)
    (made.folder / "more.txt").unlink()
    manifest = made.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace("Minneapolis", "Elsewhere"))
    survived(made.folder)
    with pytest.raises(Problem, match="not the one that was written"):
        publish.publish(place.store, made.id, place.public)


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
    pages = {"index.html", "embed/index.html", "embed/es.html", "embed/embed.js"}
    assert set(left) == {"recalled.json", *pages}
    assert all(b"was recalled" in left[name] for name in pages)
    with pytest.raises(Problem, match="was recalled"):
        publish.publish(place.store, second, place.public)
    publish.recall(place.store, second, place.public)  # again: nothing more to do
    publish.recall(place.store, first, place.public)
    assert current.resolve().name == publish.STONE
    assert all(b"was recalled" in contents(current)[name] for name in pages)
    third = place.published(FIRST + timedelta(days=60))
    assert current.resolve().name == third
    publish.recall(place.store, third, place.public)
    assert current.resolve().name == publish.STONE
    told = CliRunner().invoke(app, ["release", "--as-of", "2025-12-20"]).output
    assert "3 recalled: numbers of closed periods" in " ".join(told.split())
    assert [to_row(e).verb for e in place.store.events()][-4:-1] == ["release", "publish", "recall"]
    assert not list((place.public / "releases").glob(".*"))


def test_numbers_of_a_recalled_release_never_come_back(place: Place) -> None:
    first = place.published()
    second = place.published(FIRST + timedelta(days=30))
    publish.recall(place.store, second, place.public)
    third = place.published(FIRST + timedelta(days=60))
    path = "community/area-month.csv"
    one, two, three = (
        pd.read_csv(chain.folder(place.store, name) / path).set_index(["period", "area"])["n"]
        for name in (first, second, third)
    )
    only = two.index.difference(one.index)
    assert two[only].notna().any() and three[only].isna().all()
    assert three[one.index].equals(one)
    newer = three.index.difference(two.index)
    assert three[newer].notna().any()
    place.more(1500)  # nor with the late reports of a year
    later = place.release(date(2026, 2, 1))
    four = pd.read_csv(later.folder / path).set_index(["period", "area"])["n"]
    assert four[only][two[only].notna()].isna().all()
    assert (four[one.index] != one).any()


def test_closed_numbers_that_differ_are_not_published(
    place: Place, tmp_path: Path, filled: Path
) -> None:
    first = place.published()
    # a store made anew knows nothing of what is public, and has more reports
    other = Place(tmp_path / "other", filled)
    other.more(900)
    made = other.release(FIRST + timedelta(days=7))
    survived(made.folder)
    with pytest.raises(Problem, match=f"other numbers than {first}"):
        publish.publish(other.store, made.id, place.public)


def test_a_published_release_must_stay_in_the_store(place: Place) -> None:
    first = place.published()
    shutil.rmtree(chain.folder(place.store, first))
    with pytest.raises(Problem, match=f"{first} was published, but is no longer"):
        place.release(FIRST + timedelta(days=7))


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
    assert f"Release {name} is made" in done.output and "cells shown" in done.output
    for words, said in (
        (("publish", name), "was not attacked yet"),
        (("publish", "2031"), "No single release"),
        (("recall", "x"), f"Releases: {name}"),
        (("release", "--as-of", "soon"), "write it like 2026-01-31"),
        (("release", "--as-of", "2999-01-01"), "is not over yet"),
    ):
        done = CliRunner().invoke(app, list(words))
        assert done.exit_code == 1 and said in done.output
