"""What readers see is plain: the old sentences, British spellings and odd numbers stay away."""

import ast
import re
from collections.abc import Iterator
from datetime import date

import pytest

from data import words
from data.maps import outlines
from data.numbers import spot_words
from data.views.filters import RENAMED, period
from geo.emerging import NOTHING, PATTERNS
from tests.conftest import ROOT
from ui.arrival.page_words import WORDS
from ui.frame.menu import PAGES

FOLDERS = ("data", "ui", "geo", "pages")
# lists of words that files of others have, not sentences
LISTS = ("data/columns/personal_values.py", "data/files/known_words.py", "data/personal_columns.py")
# values of older links, which the code has to know to open them; no screen shows them
OLDER = {*RENAMED, *(text for row in WORDS for text in row.was)}
# words that readers saw once and that nobody understood at first reading -> what to write
OLD = {
    r"Made data": "Demonstration data: none of these reports is real.",
    r"no line of (this|the other) source happened": "none of these reports is real",
    r"something as unlikely comes up": "If nothing had changed, you would see ...",
    r"Looking every day": "If nothing had changed, you would see ...",
    r"That is an answer|that is an answer": "(say what was found)",
    r"Began at most so many days ago": "Look back (days)",
    r"of these chance explains|chance explains it": "could be chance; no clear cluster",
    r"Weeks above what was to be expected": "Unusually busy weeks",
    r"Once in days": "Expected once every ... days",
    r"The place's own rate": "Citywide",
    r"as chance brings|chance can do|chance alone brings": "could be chance; by chance",
    r"nothing lies before|later half stands against": "There are no earlier records ...",
    r"No break of its level|above the expected band": "above the expected range",
    r"stands? after control": "changed clearly",
    r"is a proposal: read": "These groups may be single events. Read the records first.",
    r"\b(this|the|a) View\b": "your filters, this period, the chosen records",
    r"Find words in the records": "Search",
    r"what the source tells of persons": "Show personal details from the source",
    r"Take all of them": "Download all",
    r"Last days of the records": "Latest",
    r"to the evening before": "Count after midnight as the night before",
    r"Known by|Place known to|Time known to": "How we know, Location precision, Time precision",
    r"^one picture$|^one period$|^1 a frame$|^by rule$|^by the View$": "Still, This period, automatic",
    r"Refit to this view": "Rescale colors to this view",
    r"Clusters count what lies near": "Zoom in to see single records",
    r"not a word of this page|is not known here": "Part of this link was not understood",
    r"dealt anew|dealt out|deals of|as their usual": "shuffled; usual",
    r"next to none\b": "almost none",
    r"are expected, |was to be expected": "about 121 expected",
    r"on the place's clock|the place's clock": "local time",
    r"are no count of|is no count": "do not count",
    r"on the left\b": "(filters are above the page)",
    r"^Mind: ": "Keep in mind: ",
    r"season can do as much|season alone can do": "but it may be the season",
    r"(period|\0) against (the|\0)": "compared with",
}
BRITISH = (
    r"\b[Nn]eighbour|[Cc]olour|\b[Cc]entre[sd]?\b|\b[Gg]rey\b|\b[Aa]nalys(e|ed|ing)\b|[Bb]ehaviour|"
    r"\b([Kk]ilo)?[Mm]etres?\b|\b[Pp]ractis|\b[Cc]atalogue|\b[Tt]owards\b|\w(organ|recogn|summar)is|"
    r"\b[Ll]icence:|\bthe licence\b"
)
NUMBERS = r"\bkm2\b|\bkm 2\b|[\d\0] %(?!\w)"


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The string literals of a module with their lines, without its docstrings.

    The pieces of a formatted string come as one text; what is filled in is a \\0.
    """
    parts = {id(v) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for v in n.values}
    parts |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if id(node) in parts:
            continue
        if isinstance(node, ast.JoinedStr):
            texts = [str(v.value) if isinstance(v, ast.Constant) else "\0" for v in node.values]
            yield node.lineno, "".join(texts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def python_texts() -> list[tuple[str, str]]:
    """Every text with a space in the code that draws pages: where it stands, and the text."""
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
    return [
        (f"{file.relative_to(ROOT)}:{line}", text)
        for file in files
        if str(file.relative_to(ROOT)) not in LISTS
        for line, text in literals(ast.parse(file.read_text()))
        if " " in text and "SELECT" not in text and text not in OLDER
    ]


def script_texts() -> list[tuple[str, str]]:
    """Every quoted text with a space in our scripts."""
    files = [*(ROOT / "static").glob("*.js"), *(ROOT / "static").glob("[em]*/*.js")]
    return [
        (str(file.relative_to(ROOT)), quoted or template)
        for file in sorted(files)
        for quoted, template in re.findall(
            r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', _without_comments(file.read_text())
        )
        if " " in (quoted or template)
    ]


def _without_comments(code: str) -> str:
    return re.sub(r"^\s*(//|/?\*).*$", "", code, flags=re.MULTILINE)


def english_texts() -> list[tuple[str, str]]:
    """The English of the embed."""
    text = (ROOT / "locale/en/embed.po").read_text()
    found = re.findall(r'^msg(?:id|str) "(.*)"$', text, re.MULTILINE)
    return [("locale/en/embed.po", said) for said in found]


TEXTS = [*python_texts(), *script_texts(), *english_texts()]


def find_bad(pattern: str) -> list[str]:
    """The texts in which a pattern is found."""
    return [f"{at}: {text[:90]!r}" for at, text in TEXTS if re.search(pattern, text)]


def test_there_are_texts_to_look_through() -> None:
    assert len(python_texts()) > 2000 and len(script_texts()) > 20 and len(english_texts()) > 50
    tree = ast.parse('"""A metre."""\nx = f"a {y} metre"\nz = "b c"')
    assert sorted(text for _, text in literals(tree)) == ["a \0 metre", "b c"]


@pytest.mark.parametrize("pattern", OLD)
def test_old_words_are_gone(pattern: str) -> None:
    assert not find_bad(pattern), f"write: {OLD[pattern]}"


def test_spelling_is_american() -> None:
    assert not find_bad(BRITISH)
    for text in ("neighbour", "Colours", "a centre", "100 metres", "grey", "analysed", "towards"):
        assert re.search(BRITISH, text), text
    for text in ("neighbor", "colors", "a center", "100 meters", "gray", "analysis", "analyses"):
        assert not re.search(BRITISH, text), text


def test_numbers_have_no_odd_units() -> None:
    assert not find_bad(NUMBERS)
    assert all(re.search(NUMBERS, text) for text in ("15 %", "\0 % of", "2 km2"))
    assert not any(re.search(NUMBERS, text) for text in ("15%", "\0% of", "2 km²"))


def test_periods_are_written_as_readers_write_them() -> None:
    first, last = date(2017, 1, 1), date(2017, 12, 31)
    assert period(first, last) == "Jan 1 to Dec 31, 2017"
    assert period(last, last) == "Dec 31, 2017"
    assert period(date(2016, 3, 1), last) == "Mar 1, 2016 to Dec 31, 2017"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Near - North", "Near North"),
        ("Whittier", "Whittier"),
        ("Bryn - Mawr", "Bryn Mawr"),
        ("Cedar-Isles", "Cedar-Isles"),
        ("Near - North, hexagon 88abc", "Near North, hexagon 88abc"),
    ],
)
def test_names_of_areas_are_shown_without_dashes(stored: str, shown: str) -> None:
    assert words.spell_area(stored) == shown
    on_the_map = outlines.name_area(stored)
    assert on_the_map.get("shown", stored) == shown and on_the_map["name"] == stored


def test_pages_go_by_their_names_in_the_bar() -> None:
    titles = {name for row in PAGES for name in (row.title, row.section)}
    named = [(at, name) for at, text in TEXTS for name in re.findall(r"page “(.+?)”", text)]
    assert len(named) > 5 and [one for one in named if one[1] not in titles] == []
    assert not find_bad(r"\b[Tt]he page [A-Z]")


def test_units_have_a_noun() -> None:
    assert words.name_units("neighborhoods", 1) == "neighborhood"
    assert words.name_units("neighborhoods", 87) == "neighborhoods"
    assert words.name_units("hexagons 0.7 km²", 2) == "hexagons"
    for other in ("Precincts 2017", "communities"):
        assert words.name_units(other, 2) == "areas"


def test_patterns_over_time_have_plain_words() -> None:
    for spot in ("hot", "cold"):
        for word in PATTERNS:
            one, two = (spot_words.conjugate_label(f"{word} {spot} spot", n) for n in (1, 2))
            assert one != two and one == spot_words.spell_label(f"{word} {spot} spot")
            assert not {word, "hot", "cold", "spot"} & {*one.split(), *two.split()}
    assert spot_words.conjugate_label("consecutive cold spot", 1) == "has become quiet lately"
    assert spot_words.conjugate_label("diminishing cold spot", 2) == "are quiet, but filling up"
    assert spot_words.spell_label(NOTHING) == "no clear pattern"


def test_what_runs_long_says_so_in_words() -> None:
    """Streamlit shows the name of a cached function, unless it is told what to show."""
    files = sorted((ROOT / "ui/cached").glob("*.py"))
    assert len(files) > 3
    for file in files:
        calls = re.findall(
            r"^@st\.cache_(?:data|resource).*?(?=^def )", file.read_text(), re.M | re.S
        )
        assert all("show_spinner=" in call for call in calls), file.name


def test_joined_areas_have_a_short_name() -> None:
    assert words.shorten_area("A + B + C") == "A + B + C"
    assert words.shorten_area("Near - North + B + C + D + E") == "Near North + B + 3"
