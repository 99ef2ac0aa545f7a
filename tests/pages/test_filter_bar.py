"""The bar of filters: what can be chosen, and why something cannot."""

import pytest

from tests.pages.test_pages import opened, said

pytestmark = pytest.mark.usefixtures("screens")
FROM_JULY = {"from": "2017-07-03", "to": "2017-10-01", "compare": "previous period"}


def test_no_earlier_period_is_offered_where_nothing_lies_before() -> None:
    app = opened(compare="previous period")
    assert app.selectbox(key="compare").disabled
    assert "Nothing is recorded before this period to compare with." in said(app)
    app.date_input(key="from").set_value("2017-07-03").run()
    assert not app.selectbox(key="compare").disabled
    assert app.selectbox(key="compare").value == "previous period"
    assert "Nothing is recorded before" not in said(app)


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({}, ""),
        ({"compare": "nothing"}, ""),
        ({"compare": "same period a year before"}, "because police stops cover Jan 1 to Dec 31"),
        ({"from": "2017-10-01"}, "because each period needs at least two whole days"),
        (
            {"compare": "own period", "versus_from": "2017-08-01", "versus_to": "2017-09-15"},
            "because the two periods overlap",
        ),
    ],
)
def test_where_periods_cannot_be_compared_the_reason_stands_below_the_choice(
    choices: dict[str, str], reason: str
) -> None:
    app = opened(**FROM_JULY | choices)
    assert not app.selectbox(key="compare").disabled
    assert ("No comparison" in said(app)) == bool(reason) and reason in said(app)


def test_an_own_period_can_be_taken_back_where_nothing_lies_before() -> None:
    link = {"from": "2017-01-01", "to": "2017-03-31", "compare": "own period"}
    app = opened(**link, versus_from="2017-05-01", versus_to="2017-07-31")
    assert not app.selectbox(key="compare").disabled and "Nothing is recorded before" not in said(
        app
    )


def test_the_area_in_the_middle_is_spelled_and_the_link_keeps_the_stored_name() -> None:
    app = opened()
    middle = app.selectbox(key="around_area")
    assert "Near North" in middle.options and "Near - North" not in middle.options
    middle.set_value("Near - North")
    next(b for b in app.button if b.label == "Show only this circle").click().run()
    assert app.session_state["shape"] == "800 m around Near - North"
