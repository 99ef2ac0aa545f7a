"""The embed's pages: complete without scripts, in each language."""

from string import Template

from data.embed import notes, sentences
from data.embed.language import Words, capital, esc, load_texts, unread_line
from data.embed.map import SIZES, Map
from data.embed.sentences import Picture, Row, city_series
from data.languages import FIRST, page_name
from data.published.grids import Grid, Sort
from data.published.number_classes import HIDDEN
from data.published.opening import Opening
from data.release.tables import Manifest
from data.settings import ROOT

SOURCES = ROOT / "static" / "embed"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; base-uri 'none'; form-action 'none'"
)
_LINE = 1.08  # of a label's letters


def page(
    drawn: Map,
    picture: Picture,
    sorts: dict[str, Sort],
    at: Opening,
    manifest: Manifest,
    speak: Words,
    files: dict[str, list[tuple[str, str]]],
    languages: list[str],
) -> str:
    """The whole page; `files` are the downloads: group's title key -> (name, label)."""
    place, sort = manifest["place"]["name"], sorts[at.sort]
    made = sentences.sample_note(sort.name, manifest, speak)
    title = speak("map.label", place=place, what=picture.what, period=picture.period)
    parts = {
        "lang": speak.language,
        "csp": CSP,
        "title": esc(f"{place}: {picture.what}, {picture.period}"),
        "skip": esc(speak("skip")),
        "notreal": esc(made or speak("note.made.all")),
        "real": "" if made else " hidden",
        "sort": esc(f"{place} · {speak(f'sort.{sort.name}')}"),
        "langs": _languages(languages, speak.language),
        "languages": esc(speak("language.choose")),
        "alternates": _alternates(languages),
        "unread": unread_line(speak),
        "said": esc(picture.said),
        "sub": esc(picture.sub),
        "choose": esc(speak("choose.group")),
        "tall": " tall" if drawn.height > 0.9 * drawn.width else "",
        "maplabel": esc(title),
        "legend": legend(picture, speak),
        "map": svg(drawn, picture, title),
        "ranked": esc(speak("table.title")),
        "scroll": esc(speak("table.scroll")),
        "table": ranked_table(picture, speak),
        "series": _series(sort, at, manifest, speak),
        "notes": "".join(f"<p>{esc(n)}</p>" for n in picture.notes),
        "source": esc(picture.source),
        "more": notes.more(picture, sorts, at, manifest, speak, files),
        "made": esc(speak("embed.made")),
    }
    return Template((SOURCES / "page.html").read_text("utf-8")).substitute(parts)


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


def legend(picture: Picture, speak: Words) -> str:
    """The classes with their numbers, and the look of what is not shown."""
    rows = [*picture.legend, *([(HIDDEN, speak("hidden.long"))] if picture.hidden else [])]
    items = "".join(f'<li class="{c}"><i></i><span>{esc(text)}</span></li>' for c, text in rows)
    return f"<p>{esc(speak('legend.title'))}</p><ul>{items}</ul>"


def svg(drawn: Map, picture: Picture, title: str) -> str:
    """The map as the page holds it: colors come from style.css, in both themes."""
    colors = {r.code: r.look for r in picture.rows}
    paths = "".join(
        f'<path id="a{s.code}" class="{colors[s.code]}" d="{s.path}" fill="url(#hatch)">'
        f"<title>{esc(s.name)}: {_number(picture.rows, s.code)}</title></path>\n"
        for s in drawn.shapes
    )
    names = "".join(
        f'<g class="names {which}">'
        + "".join(
            f'<text class="{colors[n.code]}" x="{n.x:g}" data-a="{n.code}">'
            + "".join(
                f'<tspan x="{n.x:g}" y="{n.y + (i - (len(n.lines) - 1) / 2) * size * _LINE + size * 0.34:.1f}">{esc(line)}</tspan>'
                for i, line in enumerate(n.lines)
            )
            + "</text>"
            for n in drawn.names[which]
        )
        + "</g>"
        for which, size in SIZES.items()
    )
    return (
        f'<svg id="map" viewBox="0 0 {drawn.width} {drawn.height}" role="img" aria-label="{esc(title)}">'
        '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse">'
        '<rect class="hatchground" width="7" height="7"/>'
        '<path class="hatchline" d="M-1 8 8 -1M-1 1 1 -1M6 8 8 6"/></pattern></defs>\n'
        f'<g id="casing"><g id="areas">{paths}</g></g>'
        '<use id="borders" href="#areas" aria-hidden="true"/>'
        f'<path id="chosen"/><path id="core"/><path id="focused"/>{names}</svg>'
    )


def _number(rows: list[Row], code: int) -> str:
    n = next(r.n for r in rows if r.code == code)
    return "—" if n is None else f"{n}"


def ranked_table(picture: Picture, speak: Words) -> str:
    """The ranked table; areas without a number stand last."""
    most = max((r.n or 0 for r in picture.rows), default=0) or 1
    rows = "".join(_row(r, most, speak) for r in picture.rows)
    caption = speak("table.caption", What=capital(picture.what), period=picture.period)
    return (
        f'<table><caption id="caption">{esc(caption)}</caption><thead><tr>'
        f'<th scope="col">{esc(speak("table.area"))}</th>'
        f'<th scope="col" class="n">{esc(speak("table.n"))}</th>'
        f'</tr></thead><tbody id="rows">{rows}</tbody></table>'
    )


def _row(row: Row, most: int, speak: Words) -> str:
    if row.n is None:
        return (
            f'<tr class="none" data-a="{row.code}"><th scope="row">{esc(row.name)}</th>'
            f'<td class="n">{esc(speak("hidden"))}</td></tr>'
        )
    wide = round(100 * row.n / most, 1)
    bar = f'<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="{row.look}" width="{wide:g}" height="4"/></svg>'
    return (
        f'<tr data-a="{row.code}"><th scope="row">{esc(row.name)}{bar}</th>'
        f'<td class="n">{speak.number(row.n)}</td></tr>'
    )


def _series(sort: Sort, at: Opening, manifest: Manifest, speak: Words) -> str:
    found = city_series(sort, at, manifest, speak)
    if found is None:
        return ""
    title, grid = found
    n = [None if v != v else int(v) for v in grid.n[:, 0]]
    chosen = sort.maps[at.every][at.kind].periods[at.period]
    return (
        f"<h2>{esc(title)} <span>{esc(_highest(grid, speak))}</span></h2>"
        f"{bars(n, [p == chosen for p in grid.periods])}"
        f'<p class="ends"><span>{esc(capital(speak.period(grid.periods[0])))}</span>'
        f"<span>{esc(capital(speak.period(grid.periods[-1])))}</span></p>"
    )


def _highest(grid: Grid, speak: Words) -> str:
    n = [-1 if v != v else v for v in grid.n[:, 0]]
    if not n or max(n) < 0:
        return speak("series.none")
    top = max(range(len(n)), key=lambda i: (n[i], -i))
    return speak("series.most", n=speak.number(n[top]), period=speak.period(grid.periods[top]))


def bars(n: list[int | None], chosen: list[bool]) -> str:
    """Columns by period; what is not shown is a tick on the ground line."""
    most = max((v or 0 for v in n), default=0) or 1
    drawn = "".join(
        f'<rect class="{"gap" if v is None else "on" if on else "off"}" x="{10 * i + 1}" width="8" '
        f'y="{100 - (3 if v is None else round(100 * v / most, 1)):g}" height="{3 if v is None else round(100 * v / most, 1):g}"/>'
        for i, (v, on) in enumerate(zip(n, chosen))
    )
    return f'<svg class="bars" viewBox="0 0 {10 * len(n)} 100" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>'
