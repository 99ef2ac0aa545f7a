"""The public page of corrections: plain HTML, no script, no other host."""

from collections.abc import Sequence
from datetime import date
from html import escape

from data.correction_terms import KIND_MEANINGS
from data.notices.public_notices import FieldChange, Notice, NoticeSort
from data.palette import DARK, LIGHT, Theme

STYLE_FILE, FEED_FILE, PAGE_FILE = "corrections.css", "corrections.xml", "corrections.html"
TITLES: dict[NoticeSort, str] = {
    NoticeSort.CORRECTION: "Correction",
    NoticeSort.UPDATE: "Update",
    NoticeSort.RETRACTION: "Retraction",
    NoticeSort.RECALL: "Release recalled",
    NoticeSort.REDONE: "Release measured again",
}
_MONTHS = "January February March April May June July August September October November December"
_RELEASES: dict[NoticeSort, str] = {
    NoticeSort.RECALL: "Those who published this release took it back. Its numbers must not be used.",
    NoticeSort.REDONE: "The numbers of community reports of {years} were measured a second time, "
    "and replace those of the release before.",
}
POLICY = (
    "Community reports are not listed here: a single line could tell of a single report. Their "
    "numbers are corrected in later releases.",
    "A correction is listed where a release that was published before it showed its month. The release "
    "keeps the number that it was published with; the next one has the corrected number.",
    "To ask for a correction, write to those who publish these pages: say which number or article "
    "is wrong, and how you know. Two editors look at it.",
)


def spell_month(month: str) -> str:
    """A month as readers write it: March 2017."""
    year, _, number = month.partition("-")
    return f"{_MONTHS.split()[int(number) - 1]} {year}" if number else year


def spell_day(day: date) -> str:
    """A day as readers write it: Mar 3, 2017."""
    return f"{day:%b} {day.day}, {day.year}"


def notice_title(notice: Notice) -> str:
    """What a notice is about, in a line: Correction: Police stops, March 2017."""
    month = f", {spell_month(notice.month)}" if notice.sort not in _RELEASES else ""
    return f"{TITLES[notice.sort]}: {notice.about}{month}"


def notice_sentences(notice: Notice) -> list[str]:
    """What a notice says, in sentences."""
    if notice.sort in _RELEASES:
        return [_RELEASES[notice.sort].format(years=notice.month)]
    what = ". ".join(map(_spell, notice.changes)) or "One record no longer counts"
    told = [f"{what}.", f"Why: {notice.reason}."]
    if notice.undone:
        day = spell_day(notice.undone)
        told.append(f"Taken back on {day}: the record says again what it said before.")
    return told


def _spell(change: FieldChange) -> str:
    if not change.before:
        return f"{change.field.capitalize()} of one record changed"
    return f"{change.field.capitalize()} of one record: {change.before} → {change.after}"


def page(notices: Sequence[Notice], name: str) -> str:
    """The page of a place with its notices, whole."""
    items = "\n".join(map(_item, notices)) or (
        "<li><p>Nothing that is published was corrected, updated, retracted or recalled so far.</p></li>"
    )
    terms = "\n".join(
        f"<dt>{escape(kind.capitalize())}</dt><dd>{escape(what)}</dd>"
        for kind, what in KIND_MEANINGS.items()
    )
    rules = "\n".join(f"<p>{escape(text)}</p>" for text in POLICY)
    title = f"Corrections: {escape(name)}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'">
<link rel="stylesheet" href="{STYLE_FILE}">
<link rel="alternate" type="application/atom+xml" title="{title}" href="{FEED_FILE}">
</head>
<body>
<header><h1>{title}</h1>
<p>What was wrong in what we published, what became known later, and what we took back.</p>
<a href="{FEED_FILE}">Follow by feed (Atom)</a></header>
<main>
<ol class="notices">
{items}
</ol>
<h2>How we correct</h2>
<dl>
{terms}
</dl>
{rules}
</main>
</body>
</html>
"""


def _item(notice: Notice) -> str:
    says = "".join(f"<p>{escape(text)}</p>" for text in notice_sentences(notice))
    about = notice_title(notice).partition(": ")[2]
    return (
        f'<li class="{notice.sort}" id="n{notice.name}"><p class="day">'
        f"<strong>{escape(TITLES[notice.sort])}</strong> "
        f'<time datetime="{notice.day.isoformat()}">{spell_day(notice.day)}</time></p>'
        f"<h2>{escape(about)}</h2>{says}</li>"
    )


def style() -> str:
    """The page's style: light and dark, screen and paper, 320 pixels and more."""
    return f"""{_colors(LIGHT)}
@media (prefers-color-scheme: dark) {{ {_colors(DARK)} }}
* {{ box-sizing: border-box }}
body {{ max-width: 46rem; margin: 0 auto; padding: 1rem 1rem 3rem; background: var(--paper);
  color: var(--ink); font: 1.0625rem/1.5 "Source Sans", "Segoe UI", system-ui, sans-serif;
  overflow-wrap: anywhere }}
a {{ color: inherit; display: inline-block; padding: .55rem 0 }}
a:focus-visible {{ outline: 3px solid var(--accent); outline-offset: 2px }}
h1 {{ font-size: 1.9rem; line-height: 1.15; margin: 0 0 .4rem }}
h2 {{ font-size: 1.15rem; line-height: 1.3; margin: 1.6rem 0 .3rem }}
p, dd {{ margin: 0 0 .5rem }}
header p, .day, dd {{ color: var(--quiet) }}
.notices {{ list-style: none; margin: 1rem 0; padding: 0; border-top: 1px solid var(--rule) }}
.notices li {{ padding: .9rem 0 .5rem .9rem; border-bottom: 1px solid var(--rule);
  border-left: 3px solid transparent }}
.notices h2 {{ margin: .1rem 0 .3rem }}
.notices p {{ margin: 0 0 .2rem }}
.notices .retraction, .notices .recall {{ border-left-color: var(--accent) }}
.day {{ display: flex; justify-content: space-between; gap: 1rem }}
.day strong {{ color: var(--ink) }}
dt {{ font-weight: 650 }} dd {{ margin-left: 0 }}
@media print {{ body {{ max-width: none; font-size: 10pt }} .notices li {{ break-inside: avoid }} }}
"""


def _colors(theme: Theme) -> str:
    named = ("paper", "ink", "quiet", "rule", "accent")
    return ":root {" + " ".join(f"--{n}: {getattr(theme, n)};" for n in named) + "}"
