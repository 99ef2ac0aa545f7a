"""The embed's pages: complete without scripts, in each language."""

from string import Template
from typing import NamedTuple

from data.embed import map_svg, notes, sentences
from data.embed.how_picture import how_picture
from data.embed.language import Words, capital, esc, load_texts
from data.embed.sentences import Picture, Row
from data.embed.series import series_svg, tenths
from data.languages import FIRST, page_name, protect_name
from data.pictures.area_shapes import Map
from data.privacy.tables import Manifest
from data.published.grid import Grid
from data.published.grids import Numbers
from data.published.opening import Opening
from data.published.period_names import within
from data.published.ranges import RangeWords
from data.settings import ROOT

SOURCES = ROOT / "static" / "embed"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; base-uri 'none'; form-action 'none'"
)


class Series(NamedTuple):
    """The series beside the map: its kind and unit, and the grid of one column."""

    kind: str
    unit: str
    grid: Grid


def page(
    drawn: Map | None,
    picture: Picture,
    numbers: Numbers,
    at: Opening,
    series: Series,
    manifest: Manifest,
    speak: Words,
    files: list[notes.Download],
    languages: list[str],
) -> str:
    """The whole page; `drawn` is None where there is no map but a series of the place."""
    place = manifest["place"]["name"]
    made = sentences.sample_note(at.sort, manifest, speak)
    title = speak("map.label", place=place, what=picture.what, period=picture.period)
    parts = {
        "lang": speak.language,
        "csp": CSP,
        "title": esc(f"{place}: {picture.what}, {picture.period}"),
        "skip": esc(speak("skip")),
        "notreal": esc(made or speak("note.made")),
        "real": "" if made else " hidden",
        "sort": esc(f"{place} · {speak(f'sort.{at.sort}')}"),
        "langs": _languages(languages, speak.language),
        "languages": esc(speak("language.choose")),
        "alternates": _alternates(languages),
        "unread": unread_line(speak),
        "said": esc(picture.said),
        "sub": esc(picture.sub),
        "choose": esc(speak("choose.group")),
        "shape": _shape(drawn),
        "maplabel": esc(title),
        "legend": legend(picture),
        "map": map_svg.svg(drawn, picture, title) if drawn else "",
        "ranked": esc(speak("table.scroll")),
        "scroll": esc(speak("table.scroll")),
        "table": area_table(picture, speak),
        "series": _series(series, picture, manifest, speak),
        "notes": "".join(f"<p>{esc(n)}</p>" for n in picture.notes),
        "how": how_picture(speak),
        "hows": " hidden" if picture.exact else "",
        "protect": protect_name(speak.language),
        "protected": esc(speak("protect.title")),
        "source": esc(picture.source),
        "more": notes.more(picture, numbers, manifest, speak, files),
        "made": esc(speak("embed.made")),
    }
    return Template((SOURCES / "page.html").read_text("utf-8")).substitute(parts)


def _shape(drawn: Map | None) -> str:
    if drawn is None:
        return " nomap"
    return " tall" if drawn.height > 0.9 * drawn.width else ""


def _languages(languages: list[str], own: str) -> str:
    return " ".join(
        f'<a href="{page_name(code)}" hreflang="{code}" lang="{code}">'
        f"{esc(load_texts(code)('language.name'))}</a>"
        for code in languages
        if code != own
    )


def _alternates(languages: list[str]) -> str:
    """The page's other languages, for search engines and browsers."""
    pages = [("x-default", page_name(FIRST)), *((code, page_name(code)) for code in languages)]
    return "\n".join(
        f'<link rel="alternate" hreflang="{code}" href="{name}">' for code, name in pages
    )


def unread_line(speak: Words) -> str:
    """The line at the head of a page in a language that nobody has read, in it and in English."""
    if speak.read_by:
        return ""
    own, english = esc(speak("unread")), esc(load_texts(FIRST)("unread"))
    return f'<p id="unread" class="notice">{own} <span lang="{FIRST}">{english}</span></p>\n'


def legend(picture: Picture) -> str:
    """The classes with their numbers and meanings."""
    items = "".join(
        f'<li class="{row.look}"><i></i><span>{_bold(row.numbers)}{esc(row.meaning)}</span></li>'
        for row in picture.legend
    )
    return f"<p>{esc(picture.title)}</p><ul>{items}</ul>" if items else ""


def _bold(text: str) -> str:
    return f"<b>{esc(text)}</b> " if text else ""


def area_table(picture: Picture, speak: Words) -> str:
    """The table in the order of names, or of periods: never ranked."""
    most = max((r.number.high for r in picture.rows), default=0) or 1
    rows = "".join(_row(r, most, picture.exact, speak) for r in picture.rows)
    period = picture.rows and picture.rows[0].code < 0
    title = (capital(picture.what),) if period else (capital(picture.what), picture.period)
    first = speak("table.period" if period else "table.area")
    likely = f'<th scope="col" class="n">{esc(speak("table.likely"))}</th>'
    return (
        f'<table><caption id="caption">{esc(", ".join(title))}</caption><thead><tr id="heads">'
        f'<th scope="col">{esc(first)}</th>'
        f'<th scope="col" class="n">{esc(speak("table.exact" if picture.exact else "table.n"))}</th>'
        f'{"" if picture.exact else likely}</tr></thead><tbody id="rows">{rows}</tbody></table>'
    )


def cells(row: Row, exact: bool, speak: Words) -> list[str]:
    """The texts of a row's cells: number and range; few or none, and at most how many."""
    if exact:
        return [speak.number(row.number.number)]
    ends = speak.ends(row.number)
    if row.number.words is RangeWords.FEW:
        return [speak("cell.few"), speak("cell.most", **ends)]
    return [ends["n"], speak("cell.range", **ends)]


def _row(row: Row, most: int, exact: bool, speak: Words) -> str:
    own = row.number
    low, high = (tenths(100 * n / most) for n in ((0, own.number) if exact else own[1:]))
    at = tenths(100 * own.number / most)
    tick = "" if exact else f'<rect class="tick" x="{at:g}" width="1" height="6"/>'
    bar = (
        '<svg class="bar" viewBox="0 0 101 6" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="span" x="{low:g}" width="{tenths(high - low):g}" y="1" height="4"/>{tick}</svg>'
    )
    numbers = "".join(f'<td class="n">{esc(text)}</td>' for text in cells(row, exact, speak))
    return f'<tr data-a="{row.code}"><th scope="row">{esc(row.name)}{bar}</th>{numbers}</tr>'


def _series(series: Series, picture: Picture, manifest: Manifest, speak: Words) -> str:
    grid = series.grid
    title = sentences.series_title(series.kind, manifest["place"]["name"], series.unit, speak)
    last = speak(
        "series.last",
        period=capital(speak.period(grid.periods[-1])),
        range=speak.ranged(grid.range(-1), exact=picture.exact),
    )
    inside = [within(period, picture.code) for period in grid.periods]
    drawn = series_svg(grid, inside, exact=picture.exact)
    scale = speak("series.scale", high=speak.number(int(grid.high.max(initial=0))))
    key = "" if picture.exact else speak("series.key")
    return (
        f"<h2>{esc(title)} <span>{esc(last)}</span></h2>{drawn}"
        f'<p class="ends"><span>{esc(capital(speak.period(grid.periods[0])))}</span>'
        f'<span class="key">{esc(scale)}. {esc(key)}</span>'
        f"<span>{esc(capital(speak.period(grid.periods[-1])))}</span></p>"
    )
