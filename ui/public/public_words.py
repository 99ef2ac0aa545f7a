"""What a public page says of its numbers, in sentences."""

from typing import Any

import pandas as pd

from data import words
from data.published import release_words
from data.published.period_names import period_words, year_before
from data.published.ranges import Range, step_of
from ui.public import public_choice
from ui.public.public_cached import Kept
from ui.public.public_choice import Choice

_MOST_NAMES = 8  # in a sentence


def subject(choice: Choice) -> str:
    """Source and kind: community reports, sighting."""
    return f"{choice.source}, {choice.kind}"


def spell_choice(choice: Choice) -> str:
    """The choice of a reader, in words."""
    where = f" in {len(choice.areas)} chosen areas" if len(choice.areas) > 1 else ""
    where = f" in {words.spell_area(choice.areas[0])}" if len(choice.areas) == 1 else where
    when = f", {period_words(choice.period)}" if choice.period else ""
    return f"{subject(choice)}{when}{where}"


def title(kept: Kept, choice: Choice, asked: pd.DataFrame) -> str:
    """What the page says: the number of the whole city, or of the one area that is chosen."""
    said = words.sentence_case(spell_choice(choice))
    if len(choice.areas) == 1 and len(asked) == 1:
        row = asked.iloc[0]
        return (
            f"{said}: {rounded(Range(row['number'], row['low'], row['high']), row['sd'], choice)}"
        )
    found = public_choice.city_range(kept.numbers, choice)
    if choice.areas or found is None:
        return said
    return f"{said}: {rounded(*found, choice)}, in the whole city"


def rounded(found: Range, sd: float, choice: Choice) -> str:
    """A number as a sentence says it: rounded to its standard deviation, with its range."""
    if choice.exact:
        return f"{found.number:,}"
    return release_words.number_words(*found.rounded(step_of(sd)), exact=False)


def number(row: "pd.Series[Any]", choice: Choice) -> str:
    """The number of a row of a table in words, with its range."""
    return release_words.number_words(row["number"], row["low"], row["high"], exact=choice.exact)


def sentences(kept: Kept, choice: Choice, rows: pd.DataFrame) -> list[str]:
    """N of M areas, what was asked for, what has no area, what rose, and whether it is provisional."""
    asked = int(rows["asked"].sum())
    city = choice.where == "city"
    what = (
        "the whole city"
        if city
        else f"{asked:,} of {len(rows):,} {public_choice.WHERE[choice.where]}"
    )
    each = "" if choice.exact or city else ", each number with its range"
    told = [f"{words.sentence_case(what)}{each}: {spell_choice(choice._replace(areas=()))}."]
    unknown = public_choice.unknown_row(kept.numbers, choice)
    if len(unknown) and not choice.areas:
        told.append(
            f"{words.sentence_case(public_choice.NO_AREA_WORDS)}: {number(unknown.iloc[0], choice)}."
        )
    told.append(rises(kept, choice, rows))
    told.append(release_words.STATUS[public_choice.status(kept.numbers, choice)])
    return [text for text in told if text]


def rises(kept: Kept, choice: Choice, rows: pd.DataFrame) -> str:
    """Where chance can hardly explain a rise over the year before; "" where nothing can be said."""
    grid = public_choice.grid_of(kept.numbers, choice)
    if choice.exact or choice.where == "city" or grid is None or not choice.period:
        return ""
    if grid.at(year_before(choice.period)) < 0:
        return ""
    names = [words.spell_area(name) for name in rows.loc[rows["rise"].astype(bool), "name"]]
    if not names:
        return "Nowhere can a rise over the year before be told from chance."
    rest = (
        f" and {words.counted(len(names) - _MOST_NAMES, 'other area')}"
        if len(names) > _MOST_NAMES
        else ""
    )
    return f"{words.sentence_case(release_words.RISE)}: {', '.join(names[:_MOST_NAMES])}{rest}."
