"""The page of a cite: static HTML without scripts, the old numbers and what became of them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template

from data.cites.cite_folder import DEMONSTRATION, MANIFEST, NUMBERS, PACKAGE, PNG, SVG, Cite
from data.cites.number_table import CellChange, read_cells
from data.cites.outcome import CiteOutcome, cell_text, changed_texts
from data.embed.language import esc
from data.palette import DARK, LIGHT, Theme

_HTML, _CSS = (
    Template(Path(__file__).with_name(f"page.{end}").read_text("utf-8")) for end in ("html", "css")
)
_COLORS = ("paper", "ink", "quiet", "accent", "panel", "rule", "link")
# a page stays below 100 kB; all of it is in the CSV and in the manifest
_MOST_CELLS, _MOST_CHANGES, _MOST_SQL = 1500, 100, 8000
_FILES = {
    NUMBERS: "Numbers (CSV)",
    SVG: "Picture (SVG)",
    PNG: "Picture (PNG)",
    PACKAGE: "Data package",
    MANIFEST: "Manifest",
}
FOOT = (
    "This page keeps what was cited and never leads to other numbers. Where the data changed since, "
    "the page says so beside the old number. What was cited: {name}"
)


def cite_page(
    cite: Cite, outcome: CiteOutcome, kind: str, texts: Mapping[str, str], facts: Mapping[str, str]
) -> str:
    """The page of a cite with what became of it. `kind` says whose numbers they are and when they
    were cited, `texts` are citations by style, `facts` more of what it says of itself."""
    manifest = cite.manifest
    return _HTML.substitute(
        style=_style(),
        title=esc(manifest.title),
        place=esc(manifest.place),
        kind=esc(kind),
        subtitle=esc(
            f"{manifest.subtitle}. {DEMONSTRATION}" if manifest.made else manifest.subtitle
        ),
        state="changed" if outcome.changes else "same",
        headline=esc(outcome.headline),
        lines="".join(f"<p>{esc(line)}</p>" for line in outcome.lines),
        changes=_changes(outcome.changes, manifest.key),
        picture=_picture(cite),
        table=_table(cite, outcome.changes),
        facts=_facts({**_own_facts(cite), **facts}),
        queries=_queries(manifest.queries),
        texts="".join(
            f"<h3>{esc(name)}</h3><pre>{esc(text)}</pre>" for name, text in texts.items()
        ),
        files=_files(cite),
        foot=esc(FOOT.format(name=cite.name)),
    )


def notice_page(title: str, place: str, headline: str, lines: Sequence[str]) -> str:
    """A page without numbers: of a cite that was recalled, or is not as it was written."""
    body = Template(_HTML.template.partition("$picture")[0] + "</main>\n</body>\n</html>\n")
    return body.substitute(
        style=_style(),
        title=esc(title),
        place=esc(place),
        kind="Cited numbers",
        subtitle="",
        state="gone",
        headline=esc(headline),
        lines="".join(f"<p>{esc(line)}</p>" for line in lines),
        changes="",
    )


@cache
def _style() -> str:
    return _CSS.substitute(
        light=_variables(LIGHT), dark=_variables(DARK), print=_variables(LIGHT), paper=LIGHT.paper
    )


def _variables(theme: Theme) -> str:
    return "; ".join(f"--{name}: {getattr(theme, name)}" for name in _COLORS)


def _picture(cite: Cite) -> str:
    """The picture, where the cite has one."""
    # an SVG is measured with letters that an <img> does not have
    file = next((name for name in (PNG, SVG) if name in cite.manifest.files), "")
    if not file:
        return ""
    return f'<figure><img src="/c/{cite.name}/{file}" alt="{esc(cite.manifest.alt)}"></figure>'


def _heading(column: str) -> str:
    return column.replace("_", " ")


def _changes(changes: Sequence[CellChange], key: Sequence[str]) -> str:
    """A table of what changed: as cited, and now."""
    if not changes:
        return ""
    heads = [*map(_heading, key), "number", "as cited", "now"]
    rows = [
        [*(esc(text) for text in one.row), esc(_heading(one.column)), *map(esc, changed_texts(one))]
        for one in changes[:_MOST_CHANGES]
    ]
    more = len(changes) - _MOST_CHANGES
    note = (
        f"<p>{more:,} more differ: compare the CSV with that of the page.</p>" if more > 0 else ""
    )
    return _html_table(heads, rows, len(key), len(key) + 1) + note


def _table(cite: Cite, changes: Sequence[CellChange]) -> str:
    """The old numbers, each with the new one where it is another."""
    rows, manifest = read_cells(cite.numbers), cite.manifest
    columns = [*rows[0]] if rows else [*manifest.columns]
    numbers = [c for c in columns if c not in manifest.key]
    order = [*manifest.key, *numbers]
    now = {(one.row, one.column): changed_texts(one)[1] for one in changes}
    shown = rows[: max(1, _MOST_CELLS // max(1, len(order)))]

    def cell(row: dict[str, str], column: str) -> str:
        if column in manifest.key:
            return esc(row[column])
        new = now.get((tuple(row[name] for name in manifest.key), column))
        return esc(cell_text(row[column])) + (f"<ins>now {esc(new)}</ins>" if new else "")

    body = [[cell(row, column) for column in order] for row in shown]
    more = len(rows) - len(shown)
    note = f"<p>{more:,} more rows are in the CSV.</p>" if more else ""
    heads = [_heading(column) for column in order]
    return _html_table(heads, body, len(manifest.key), len(manifest.key)) + note


def _html_table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], keys: int, numbers: int
) -> str:
    """A table whose first columns name a row; from the column `numbers` on they are right-aligned.
    Cells are HTML already."""

    def line(cells: Sequence[str], heading: str) -> str:
        made = []
        for i, text in enumerate(cells):
            own = ' class="n"' if i >= numbers else ""
            tag = f'th scope="{heading}"' if heading == "col" or i < keys else "td"
            made.append(f"<{tag}{own}>{text}</{tag[:2]}>")
        return f"<tr>{''.join(made)}</tr>"

    body = "\n".join(line(cells, "row") for cells in rows)
    head = line([esc(text) for text in heads], "col")
    return (
        f'<div class="scroll" tabindex="0"><table><thead>{head}</thead><tbody>{body}</tbody></table>'
        "</div>"
    )


def _own_facts(cite: Cite) -> dict[str, str]:
    manifest = cite.manifest
    return {
        "What was counted": manifest.sentence,
        "Out of": manifest.denominator,
        "Uncertainty": manifest.uncertainty,
        "Not in it": manifest.lacks,
        "Method": manifest.method,
        "Sources": "; ".join(
            f"{one.title} ({one.licence}){f', {one.url}' if one.url else ''}: {one.covers}"
            for one in manifest.sources
        ),
        "Release" if manifest.as_of else "Data": manifest.stamp,
        "Seed": "" if manifest.seed is None else str(manifest.seed),
        "Code": manifest.code,
    }


def _facts(facts: Mapping[str, str]) -> str:
    shown = {name: text for name, text in facts.items() if text}
    return "".join(f"<dt>{esc(name)}</dt><dd>{esc(text)}</dd>" for name, text in shown.items())


def _queries(queries: Sequence[str]) -> str:
    if not queries:
        return ""
    whole = "\n\n".join(queries)
    cut = "\n... all of it is in the manifest" if len(whole) > _MOST_SQL else ""
    body = f"<pre>{esc(whole[:_MOST_SQL] + cut)}</pre>"
    return f"<details><summary>The exact query (SQL)</summary>{body}</details>"


def _files(cite: Cite) -> str:
    there = {*cite.manifest.files, MANIFEST}
    links = [
        f'<a href="/c/{cite.name}/{file}" download>{label}</a>'
        for file, label in _FILES.items()
        if file in there
    ]
    if not cite.manifest.as_of:  # of a release: the page is another server's
        links.insert(0, f'<a href="{esc(cite.manifest.link)}">Open the page as it is now</a>')
    return " ".join(links)
