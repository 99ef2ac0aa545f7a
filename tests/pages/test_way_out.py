"""Pages with nothing to show offer a way out; links of old still open; names read plainly."""

import pytest

from tests.pages.test_pages import opened, said

PAGES = ("now", "trend", "hot_spots", "emerging", "area", "map", "areas", "time")


pytestmark = pytest.mark.usefixtures("screens")


def buttons(app: object) -> list[str]:
    return [button.label for button in app.button]  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES)
def test_a_period_without_data_offers_the_latest_year(page: str) -> None:
    link = {"from": "2013-01-01", "to": "2013-12-31"}
    app = opened(f"pages/{page}.py", **link)
    assert {"Show 2017", "Clear filters"} <= set(buttons(app))
    next(b for b in app.button if b.label == "Show 2017").click().run()
    assert "police stops, Jan 1 to Dec 31, 2017" in said(app)
    assert "Show 2017" not in buttons(app)


def test_filters_that_leave_nothing_can_be_cleared() -> None:
    app = opened("pages/trend.py", kind="report", **{"from": "2017-03-01", "to": "2017-03-14"})
    assert "Clear filters" in buttons(app)
    next(b for b in app.button if b.label == "Clear filters").click().run()
    assert "51,920 of" in said(app) and "Clear filters" not in buttons(app)


@pytest.mark.parametrize("page", ["map", "areas", "time"])
def test_clearing_filters_keeps_the_source(page: str) -> None:
    app = opened(f"pages/{page}.py", source="use of force", kind="traffic stop")
    assert not [b for b in buttons(app) if b.startswith("Show 2")]  # all its years are shown
    next(b for b in app.button if b.label == "Clear filters").click().run()
    assert "5,310 of 60,237 incidents" in said(app)
    assert "Clear filters" not in buttons(app)


@pytest.mark.parametrize("page", ["trend", "map", "areas", "time"])
def test_a_page_with_a_finding_offers_no_way_out(page: str) -> None:
    assert not {"Show 2017", "Clear filters"} & set(buttons(opened(f"pages/{page}.py")))


def test_units_of_older_links_are_understood() -> None:
    app = opened("pages/hot_spots.py", set="hexagons 0.7 km2", of="density per km2")
    assert "ignored" not in said(app)
    assert app.session_state["set"] == "hexagons 0.7 km²" and "hexagons tested" in said(app)
    app = opened("pages/hot_spots.py", of="density per km2")
    assert app.session_state["of"] == "density per km²" and "per km²" in app.title[0].value


def test_names_of_areas_are_plain_and_links_keep_the_stored_one() -> None:
    app = opened("pages/areas.py", area="Near - North")
    assert "Near North" in said(app) and "Near - North" not in said(app)
    assert app.dataframe[0].value["area"].tolist() == ["Near North"]
    app = opened("pages/area.py", name="Near - North")
    assert app.title[0].value.startswith("Near North\\:")
