"""What a public page says of its numbers, in sentences: the embed's own, in the run's language."""

from typing import Any

import pandas as pd

from data import words
from data.embed import sentences
from data.embed.language import Words, capital
from data.privacy.tables import OF_YEAR
from data.published import choice_words
from data.published.levels import CITY
from data.published.period_names import year_before
from data.published.ranges import Range, step_of
from ui.frame.language import count, say, speak
from ui.public import public_choice
from ui.public.public_cached import Kept
from ui.public.public_choice import Choice

_MOST_NAMES = 4  # in a sentence


def sort_words(choice: Choice, speak: Words) -> str:
    """The source: Community reports."""
    return speak(f"sort.{choice_words.SOURCES[choice.source]}")


def kind_words(choice: Choice, speak: Words) -> str:
    """The kind: sightings."""
    return speak(f"kind.{choice_words.kind_code(choice.kind)}")


def title(kept: Kept, choice: Choice, rows: pd.DataFrame) -> str:
    """What the page says: the number of the whole city, or of the one area that is chosen."""
    if not choice.period:
        return say("empty.title")
    begins, kind = speak().period(choice.period, "in"), choice_words.kind_code(choice.kind)
    if len(choice.areas) == 1 and len(rows) == 1:
        row, name = rows.iloc[0], words.spell_area(choice.areas[0])
        own, step = range_of(row), step_of(row["sd"])
        return sentences.area_sentence(own, step, name, begins, kind, choice.exact, speak())
    found = public_choice.city_range(kept.numbers, choice)
    if not choice.areas and found is not None:
        own, sd = found
        return sentences.sentence(own, step_of(sd), kept.place, begins, kind, choice.exact, speak())
    many = say("choose.all")
    return say(
        "title.areas",
        What=capital(kind_words(choice, speak())),
        period=speak().period(choice.period),
        areas=count("areas.counted", len(choice.areas)) if choice.areas else many,
    )


def range_of(row: "pd.Series[Any]") -> Range:
    """The number of a row of a table with its range."""
    return Range(int(row["number"]), int(row["low"]), int(row["high"]))


def number(row: "pd.Series[Any]", choice: Choice) -> str:
    """The number of a row of a table in words, with its range."""
    return speak().ranged(range_of(row), exact=choice.exact)


def areas_shown(rows: pd.DataFrame, choice: Choice) -> str:
    """How many of the areas are shown: 11 of 11 districts, or the whole city."""
    n, of = (speak().number(value) for value in (rows["asked"].sum(), len(rows)))
    return say(f"shown.{choice.where}", n=n, all=of)


def view_sentences(kept: Kept, choice: Choice, rows: pd.DataFrame) -> list[str]:
    """N of M areas, what was asked for, what has no area, what rose, and whether it is provisional."""
    ranged = not choice.exact and choice.where != CITY
    told = [
        say(
            "shown.range" if ranged else "shown.exact",
            sort=sort_words(choice, speak()),
            what=kind_words(choice, speak()),
            period=speak().period(choice.period) if choice.period else "",
            shown=areas_shown(rows, choice),
        )
    ]
    unknown = public_choice.unknown_row(kept.numbers, choice)
    if len(unknown) and not choice.areas:
        told.append(f"{say('area.unknown')}: {number(unknown.iloc[0], choice)}.")
    told.append(rises(kept, choice, rows))
    told.append("" if choice.exact else say("note.apart"))
    status = public_choice.status(kept.numbers, choice)
    told.append(say(f"status.{status}") if status not in ("", OF_YEAR) else "")
    return [text for text in told if text]


def rises(kept: Kept, choice: Choice, rows: pd.DataFrame) -> str:
    """Where chance can hardly explain a rise over the year before; "" where nothing can be said."""
    grid = public_choice.grid_of(kept.numbers, choice)
    if choice.exact or choice.where == CITY or grid is None or not choice.period:
        return ""
    if grid.at(year_before(choice.period)) < 0:
        return ""
    names = [words.shorten_area(name) for name in rows.loc[rows["rise"].astype(bool), "name"]]
    if not names:
        return say("rises.none")
    more = len(names) - _MOST_NAMES
    rest = [count("rises.other", more)] if more > 0 else []
    listed = speak().listed([*names[:_MOST_NAMES], *rest])
    return f"{capital(say('said.more'))}: {listed}."
