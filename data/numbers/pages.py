"""The numbers of each page that answers a View, by its address."""

from collections.abc import Mapping
from dataclasses import replace

from data.numbers.area_numbers import number_areas
from data.numbers.findings import number_clusters, number_histories, number_unusual
from data.numbers.newsroom_numbers import number_harms, number_responses
from data.numbers.numbers import NumbersOfPage, PageNumbers
from data.numbers.over_time import number_area, number_hours, number_kinds, number_trend
from data.numbers.pairs import number_comparison, number_groups, number_repeats
from data.settings import Problem
from data.storage.database import listing_queries
from data.storage.store import Current
from data.views.view import View

PAGE_NUMBERS = {
    page.path: page
    for page in (
        NumbersOfPage("", number_areas),
        NumbersOfPage("areas", number_areas),
        NumbersOfPage("area", number_area),
        NumbersOfPage("hot_spots", number_clusters),
        NumbersOfPage("now", number_unusual),
        NumbersOfPage("emerging", number_histories),
        NumbersOfPage("time", number_hours),
        NumbersOfPage("trend", number_trend),
        NumbersOfPage("compare", number_comparison),
        NumbersOfPage("response", number_responses),
        NumbersOfPage("force", number_harms),
        NumbersOfPage("records", number_kinds),
        NumbersOfPage("episodes", number_groups),
        NumbersOfPage("near_repeats", number_repeats),
    )
}


def ask_numbers(path: str, current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """The numbers of the page at an address, with the queries that were asked for them.

    `page` are the words of its link that are no filters. Problem where the page has none, or
    nothing can be said of this View.
    """
    if path not in PAGE_NUMBERS:
        raise Problem(f"The page {path[:40]!r} has no numbers that follow the filters.")
    with listing_queries() as queries:
        numbers = PAGE_NUMBERS[path].ask(current, view, page)
    return replace(numbers, queries=tuple(queries))
