"""Police response, force and harm: counted as by hand, each cell's View holds just its records."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from data.areas import area_import
from data.imports.importer import Options, import_file
from data.newsroom import harms, responses, sentences, source_views
from data.newsroom.harms import ALL_WORDS, CellOf
from data.newsroom.responses import records_response
from data.settings import Settings
from data.storage.store import Current, Store
from data.tables import build
from data.views import links, view_counts
from data.views.view import View
from tests.release.test_publish import areas
from tests.views.test_view import NOW
from tests.views.test_view import PLACE as MINNEAPOLIS

PLACE = Settings(name="Testville", zone="America/Chicago", crs="EPSG:26915", center=(44.9, -93.3))
RESPONSES = ("", "none", "in person", "report after", "declined", "crowd control")
FORCES = ("", "none", "body", "taser, body", "firearm")
HARMS = ("", "none", "hurt", "press hurt", "aid kept away, hurt")


def made(seed: int, rows: int = 160) -> pd.DataFrame:
    """Records of two years' turn in two cities and an area; some known only to the month."""
    chance = random.Random(seed)
    listed = []
    for i in range(rows):
        day = date(2024, 11, 3) + timedelta(days=chance.randrange(120))
        exact = f"{day} {chance.randrange(24):02}:30"
        listed.append(
            {
                "id": i,
                "date": exact if chance.random() < 0.8 else f"{day:%Y-%m}",
                "neighborhood": chance.choice(["", "", "Area 0", "Area 3"]),
                "city": chance.choice(["", "Burnsville", "St. Paul"]),
                "kind": "shooting",
                "response": chance.choice(RESPONSES),
                "force": chance.choice(FORCES),
                "harm": chance.choice(HARMS),
            }
        )
    frame = pd.DataFrame(listed)
    frame.loc[(frame["city"] == "") & (frame["neighborhood"] == ""), "city"] = "Testville"
    return frame


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Current, pd.DataFrame]:
    """A store of made records with areas, and the records as they were written."""
    folder = tmp_path_factory.mktemp("town")
    store, frame = Store(folder / "store"), made(5)
    areas(folder / "areas.geojson")
    area_import.add(store, PLACE, folder / "areas.geojson", name_column="name", say=lambda _: None)
    file = folder / "papers.csv"
    frame.to_csv(file, index=False)
    mapping = folder / "papers.toml"
    mapping.write_text(
        '[source]\nname = "papers"\nkind = "press"\n[columns]\nincident_id = "id"\n'
        'occurred_at = "date"\narea_label = "neighborhood"\ncity = "city"\nkind = "kind"\n'
        'response = "response"\nforce = "force"\nharm = "harm"\n'
        '[time]\nformat = "%Y-%m[-%d %H:%M]"\n'
    )
    import_file(store, PLACE, file, Options(map=mapping), say=lambda _: None)
    build.rebuild(store, PLACE)
    return store.at(str(store.stamp())), frame


def asked(current: Current, settings: Settings = PLACE, **choices: Any) -> View:
    return links.view(choices, current.meta, settings, NOW)[0]


def city_of(frame: pd.DataFrame) -> pd.Series:
    return frame["city"].where(frame["city"] != "", "Testville")


# a whole period, one that cuts months, and nights
CHOICES: tuple[dict[str, Any], ...] = (
    {},
    {"from": "2024-11-20", "to": "2025-01-17"},
    {"from": "2024-12-01", "to": "2025-01-31", "hours": "20-04", "night": "true"},
    {"city": ["Burnsville", "St. Paul"], "force": ["body", "not recorded"]},
)


def test_responses_are_those_of_the_file(town: tuple[Current, pd.DataFrame]) -> None:
    current, frame = town
    found = responses.count_responses(current, asked(current))
    word = frame["response"].str.replace(" ", "_").replace("", "not_recorded")
    plain = frame.assign(city=city_of(frame), month=frame["date"].str[:7], response=word)
    expected = plain.groupby(["city", "month", "response"]).size()
    counts = found.counts.assign(month=found.counts["month"].dt.strftime("%Y-%m"))
    assert counts.set_index(["city", "month", "response"])["n"].to_dict() == expected.to_dict()
    assert found.answers.of == len(frame)
    assert found.answers.said == int((frame["response"] != "").sum())


@pytest.mark.parametrize("choices", CHOICES)
def test_each_cell_of_responses_opens_its_records(
    town: tuple[Current, pd.DataFrame], choices: dict[str, Any]
) -> None:
    current = town[0]
    view = asked(current, **choices)
    found = responses.count_responses(current, view)
    assert found.counts["n"].sum() == view_counts.headline(current, view)["n"] > 20
    for row in found.counts.to_dict("records"):
        cell = responses.view_of_responses(view, row["city"], row["month"].date(), row["response"])
        link = links.query(cell, current.meta)
        back = links.view(_read(link), current.meta, PLACE, NOW)[0]
        assert view_counts.headline(current, back)["n"] == row["n"], link


def _read(link: str) -> dict[str, Any]:
    from data.views import export

    return export.chosen(f"?{link}")


def test_harms_are_those_of_the_file(town: tuple[Current, pd.DataFrame]) -> None:
    current, frame = town
    found = harms.count_harms(current, asked(current))
    body = frame["force"].str.contains("body")
    hurt = frame["harm"].str.contains("hurt")
    assert found.n("force", "body") == int(body.sum())
    assert found.n("harm", "hurt") == int(hurt.sum())  # a journalist is somebody
    assert found.says("harm") == int((frame["harm"] != "").sum())
    by_month = frame[hurt].groupby(frame["date"].str[:7]).size()
    months = found.months.set_index(found.months["month"].dt.strftime("%Y-%m"))["harm_hurt"]
    assert months[months > 0].to_dict() == by_month.to_dict()
    by_area = frame[body & (frame["neighborhood"] != "")].groupby("neighborhood").size()
    assert found.areas.set_index("area")["force_body"].to_dict() == by_area.to_dict()
    by_city = frame[body].groupby(city_of(frame)).size()
    assert found.cities.set_index("city")["force_body"].to_dict() == by_city.to_dict()
    assert found.outside == int((frame["neighborhood"] == "").sum())


@pytest.mark.parametrize("choices", CHOICES[:3])
def test_each_cell_of_harms_opens_its_records(
    town: tuple[Current, pd.DataFrame], choices: dict[str, Any]
) -> None:
    current = town[0]
    view = asked(current, **choices)
    found = harms.count_harms(current, view)
    cells = [
        *((CellOf(month=row["month"].date()), row) for row in found.months.to_dict("records")),
        *((CellOf(area=row["area"]), row) for row in found.areas.to_dict("records")),
        *((CellOf(city=row["city"]), row) for row in found.cities.to_dict("records")),
    ]
    for at, row in cells:
        for one in (None, *ALL_WORDS[::2]):
            cell = harms.view_of_harms(view, one, at)
            n = view_counts.headline(current, cell)["n"]
            assert n == row[one.name if one else "of"], (at, one)


def test_no_record_is_no_number(town: tuple[Current, pd.DataFrame]) -> None:
    current = town[0]
    view = asked(current, **{"from": "2030-01-01", "to": "2030-02-01"})
    found, hurt = responses.count_responses(current, view), harms.count_harms(current, view)
    assert found.counts.empty and not found.answers.of and not int(hurt.total["of"])
    assert sentences.title_responses(found, current.meta).endswith("no record with these filters")
    assert sentences.title_harms(hurt, current.meta).endswith("no record with these filters")


def sample(current: Current, view: View, settled: str = "") -> dict[str, View]:
    """The View of each source of the sample that records what local police did."""
    shown = source_views.views_by_source(
        view, current.meta, MINNEAPOLIS, NOW, settled, records_response
    )
    return {one.sources[0]: one for one in shown}


def test_the_press_of_the_sample_by_city(current: Current) -> None:
    view = sample(current, asked(current, MINNEAPOLIS))["press"]
    found = responses.count_responses(current, view)
    rows = {
        (r["city"], f"{r['month']:%Y-%m}", r["response"]): r["n"]
        for r in found.counts.to_dict("records")
    }
    assert rows == {
        ("Minneapolis", "2025-06", "crowd_control"): 1,
        ("Minneapolis", "2025-12", "not_recorded"): 1,
        ("Minneapolis", "2026-01", "not_recorded"): 2,
        ("Burnsville", "2025-12", "report_after"): 1,
        ("Burnsville", "2025-12", "traffic_control"): 1,
        ("St. Paul", "2025-11", "crowd_control"): 1,
    }
    said = " ".join(sentences.say_responses(found))
    assert said.startswith("What local police did is not recorded in 3 of 7 records.")
    assert "%" not in said and "no shares" in said
    hurt = harms.count_harms(current, view)
    assert (hurt.n("harm", "hurt"), hurt.n("harm", "press_hurt")) == (3, 1)
    assert hurt.n("harm", "aid_kept_away") == 2 and hurt.outside == 7
    assert sentences.title_harms(hurt, current.meta) == (
        "Incidents in the press: harm is not recorded in 4 of 7; where it is, somebody was hurt in "
        "3 of 3, a journalist in 1, help kept away in 2"
    )


def test_official_harm_is_told_with_the_months_that_record_it(current: Current) -> None:
    found = harms.count_harms(current, asked(current, MINNEAPOLIS, source=["use of force"]))
    said = sentences.say_harms(found)
    assert (
        "Harm is not recorded in 4,161 (78%, 95% interval 77% to 79%) of 5,310 records." in said[0]
    )
    assert "The records that say it are of January 2016 to June 2018 only." in said
    assert found.areas["of"].sum() + found.outside == 5310


def test_each_source_has_its_own_period_unless_one_was_chosen(current: Current) -> None:
    own = sample(current, asked(current, MINNEAPOLIS))
    assert list(own) == ["press", "community-made"]
    assert (own["press"].start, own["press"].end) == (date(2025, 6, 1), date(2026, 1, 31))
    assert own["community-made"].end == date(2026, 5, 31)
    chosen = sample(
        current, asked(current, MINNEAPOLIS, **{"from": "2025-11-01", "to": "2025-12-31"})
    )
    assert {(one.start, one.end) for one in chosen.values()} == {
        (date(2025, 11, 1), date(2025, 12, 31))
    }


def test_community_reports_too_young_stay_hidden(current: Current) -> None:
    view = asked(current, MINNEAPOLIS)
    assert view.settled_by is None  # police stops have no such reports
    latest = sample(current, view)["community-made"].settled_by
    assert latest == NOW.replace(minute=0, tzinfo=None) - timedelta(hours=MINNEAPOLIS.minimum_age)
    frozen = sample(current, view, "2026-01-05T00:00")["community-made"]
    assert frozen.settled_by == datetime(2026, 1, 5)
    later = sample(current, view, "2099-01-05T00:00")["community-made"]
    assert later.settled_by == latest  # a link can only make it earlier
    counts = [responses.count_responses(current, one).answers.of for one in (frozen, later)]
    assert 0 < counts[0] < counts[1]
    assert source_views.frozen_moment([view, frozen]) == "2026-01-05T00:00"


def test_shares_say_their_interval(current: Current) -> None:
    found = responses.count_responses(
        current, sample(current, asked(current, MINNEAPOLIS))["community-made"]
    )
    first, second = sentences.say_responses(found)[:2]
    assert first.startswith("What local police did is not recorded in 1,740 (61%, 95% interval")
    assert "local police did not come in 615 (54%, 95% interval 51% to 57%); came in 226" in second
