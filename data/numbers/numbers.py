"""The numbers of a page: a table, what it says of itself, and the queries that it came from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from data.pictures.figure import Figure
from data.storage.store import Current
from data.views.view import View


@dataclass(frozen=True)
class PageNumbers:
    """The numbers of a page for one View.

    `table` has plain texts and numbers only, never a record, a point, a text or an id of one;
    `columns` says of each of its columns what it means, with its unit. Its rows are named by the
    columns `key`, and no two alike: an old answer and a new one are compared row by row, in the
    columns `compared`. `title` is the finding in a sentence, `subtitle` the measure, unit and period,
    `sentence` the View in words with N of M; `denominator`, `uncertainty` and `lacks` (what is not in
    it) are sentences; `method` is a number of data.methods. `queries` are the SQL that was asked, with
    all values in it. `seed` is that of its simulations, None where there are none. `sources` are those
    whose records are in it, where these are not the View's.
    """

    title: str
    subtitle: str
    table: pd.DataFrame
    columns: Mapping[str, str]
    key: tuple[str, ...]
    compared: tuple[str, ...]
    sentence: str
    denominator: str
    uncertainty: str
    lacks: str
    method: str
    figure: Figure
    alt: str
    queries: tuple[str, ...] = ()
    seed: int | None = None
    sources: tuple[str, ...] = ()


SEVERAL = "|"  # no name of an area has it


class NumbersOfPage(NamedTuple):
    """A page whose numbers can be asked for: its address, and what asks for them.

    The words of the page are those of its link that are no filters, such as its seed, and the
    moment that it freezes for reports of other sources; of several values they are joined by SEVERAL.
    """

    path: str
    ask: Callable[[Current, View, Mapping[str, str]], PageNumbers]


def join_words(link: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The words of a page as its numbers are asked with, from what its link says."""
    return {word: SEVERAL.join(texts) for word, texts in link.items()}
