"""The parts that fold out below the embed's picture: hours, what is apart, method, downloads."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from data.embed.language import Words, capital, esc
from data.embed.sentences import Picture, rule_texts
from data.languages import FIRST
from data.privacy.tables import UNKNOWN_BAND, Manifest
from data.published.grid import Grid
from data.published.grids import COMMUNITY, Numbers
from data.published.released import rule


class Download(NamedTuple):
    """A group of files: the key of its title, and what each holds with its formats' addresses."""

    title: str
    files: list[tuple[str, list[tuple[str, str]]]]


def more(
    picture: Picture, numbers: Numbers, manifest: Manifest, speak: Words, files: list[Download]
) -> str:
    """Everything that folds out, as HTML."""
    parts: list[tuple[str, str, str]] = []
    if numbers.hours:
        parts.append(_hours(numbers.hours, speak))
    if numbers.sensitive:
        parts.append(("sensitive", speak("sensitive.title"), _sensitive(numbers.sensitive, speak)))
    if numbers.late:
        parts.append(("late", speak("late.title"), _late(numbers.late, manifest, speak)))
    if numbers.articles is not None and len(numbers.articles):
        parts.append(("articles", speak("articles.title"), _articles(numbers.articles, speak)))
    method = _method(picture, numbers, manifest, speak) + _policy(manifest, speak)
    parts.append(("method", speak("method.title"), method))
    parts.append(("manifest", speak("manifest.title"), _manifest(manifest, speak)))
    parts.append(("download", speak("download.title"), _downloads(files, speak)))
    return "\n".join(
        f'<details class="{name}"><summary>{esc(title)}</summary>{text}</details>'
        for name, title, text in parts
    )


def _paragraphs(*texts: str) -> str:
    return "".join(f"<p>{esc(text)}</p>" for text in texts)


def _method(picture: Picture, numbers: Numbers, manifest: Manifest, speak: Words) -> str:
    rules = rule_texts(manifest, speak)
    told = ""
    if COMMUNITY in numbers.sorts:
        keys = ("counted", "chance", "fitted", "joined", "when", "striped", "more")
        told = _paragraphs(*(speak(f"method.{key}", **rules) for key in keys))
    if not picture.exact:
        row = picture.rows[0]
        holes = {"area": row.name, "period": picture.period, "range": speak.ranged(row.number)}
        told += _paragraphs(speak("method.example", **holes)) if row.code > 0 else ""
    for name in numbers.sorts:
        told += f"<h3>{esc(speak(f'sort.{name}'))}</h3>"
        told += _paragraphs(speak(f"sort.{name}.what"))
        told += _paragraphs(speak("note.official")) if name != COMMUNITY else ""
    return told


def _pairs(rows: Iterable[tuple[str, str]], head: tuple[str, str]) -> str:
    body = "".join(f'<tr><th scope="row">{esc(a)}</th><td>{esc(b)}</td></tr>' for a, b in rows)
    heads = "".join(f'<th scope="col">{esc(text)}</th>' for text in head)
    return f'<table class="plain"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _hours(hours: dict[str, Grid], speak: Words) -> tuple[str, str, str]:
    """The newest period by hours of the day."""
    grid = hours["quarter"] if "quarter" in hours else hours["year"]
    rows = [
        (_band(str(band), speak), speak.ranged(grid.range(-1, i)))
        for i, band in enumerate(grid.columns)
    ]
    title = speak("hours.title", period=speak.period(grid.periods[-1]))
    return "hours", title, _pairs(rows, (speak("hours.when"), capital(speak("kind.all"))))


def _band(band: str, speak: Words) -> str:
    if band == UNKNOWN_BAND:
        return speak("hours.unknown")
    return speak("bands.band", **{"from": band[:2], "to": band[3:]})


def _sensitive(grids: dict[str, Grid], speak: Words) -> str:
    """The newest year by kind, and by where it was."""
    told = _paragraphs(speak("sensitive.text"))
    heads = {"kind": "choose.kind", "setting": "sensitive.setting"}
    for by, grid in sorted(grids.items()):
        rows = [
            (capital(speak(f"{by}.{code}")), speak.ranged(grid.range(-1, i)))
            for i, code in enumerate(grid.columns)
        ]
        told += _pairs(rows, (speak(heads[by]), speak.period(grid.periods[-1])))
    return told


def _late(grid: Grid, manifest: Manifest, speak: Words) -> str:
    days = speak.number(rule(manifest, "decided_after_days"))
    rows = [(period, speak.ranged(grid.range(i))) for i, period in enumerate(grid.periods)]
    head = (speak("table.period"), capital(speak("kind.all")))
    return _paragraphs(speak("late.text", days=days)) + _pairs(reversed(rows), head)


def _articles(frame: pd.DataFrame, speak: Words) -> str:
    rows = frame.sort_values(["period", "paper", "title"], ascending=[False, True, True])
    items = "".join(
        f'<li lang="">{_linked(str(a.title), a.url)}<br><span>{esc(a.paper)}, '
        f"{esc(capital(speak.period(str(a.period))))}{_where(a.area_written)}</span></li>"
        for a in rows.itertuples()
    )
    return f"{_paragraphs(speak('articles.text'))}<ul>{items}</ul>"


def _where(written: Any) -> str:
    return f" · {esc(written)}" if isinstance(written, str) and written else ""


def _linked(title: str, url: Any) -> str:
    """The title, as a link only where somebody has read the article there."""
    if not (isinstance(url, str) and url.startswith(("https://", "http://"))):
        return esc(title)
    return f'<a href="{esc(url)}" rel="noopener noreferrer" target="_top">{esc(title)}</a>'


def _policy(manifest: Manifest, speak: Words) -> str:
    rows = "".join(
        f'<tr><th scope="row">{esc(name)}</th><td>{esc(_value(p["value"]))}</td><td lang="en">{esc(p["reason"])}</td></tr>'
        for name, p in manifest["policy"].items()
    )
    heads = "".join(
        f'<th scope="col">{esc(speak(f"policy.{k}"))}</th>' for k in ("name", "value", "reason")
    )
    return f'<h3>{esc(speak("policy.title"))}</h3><div class="wide" tabindex="0" role="group" aria-label="{esc(speak("policy.title"))}"><table class="plain"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _manifest(manifest: Manifest, speak: Words) -> str:
    facts = [
        (speak(f"manifest.{key}"), str(value))
        for key, value in (
            ("as_of", manifest["as_of"]),
            ("code", manifest["code"]),
            ("volume", f"{manifest['volume']} ({speak.number(manifest['declared'])})"),
            ("epsilon", f"{manifest['epsilon']:g}"),
        )
    ]
    for source in manifest["sources"]:
        covers = f"{source['title']} ({source['licence']}); {speak('manifest.covers')}: {source['covers']}"
        facts.append((speak("manifest.sources"), covers))
    facts += [(speak("manifest.redone"), year) for year in manifest["redone"]]
    facts += [(speak("manifest.warnings"), text) for text in manifest["warnings"]]
    facts += [(speak("translation.title"), text) for text in _translation(speak)]
    return "<dl>" + "".join(f"<dt>{esc(a)}</dt><dd>{esc(b)}</dd>" for a, b in facts) + "</dl>"


def _translation(speak: Words) -> list[str]:
    """Who translated the page and who has read it; nothing in the language that is no translation."""
    if speak.language == FIRST:
        return []
    day = speak.date(speak.as_of) if speak.as_of else ""
    read = speak("translation.read", who=speak.read_by) if speak.read_by else ""
    return [
        speak("translation.by", who=speak.translated_by, date=day),
        read or speak("translation.nobody"),
    ]


def _downloads(files: list[Download], speak: Words) -> str:
    told = '<p id="save" hidden></p>'
    for group in files:
        items = "".join(
            f"<li>{_what(what)}"
            + " · ".join(f'<a href="{esc(file)}" download>{esc(form)}</a>' for form, file in forms)
            + "</li>"
            for what, forms in group.files
        )
        told += f"<h3>{esc(speak(group.title))}</h3><ul>{items}</ul>"
    return told


def _what(text: str) -> str:
    return f'<span lang="{FIRST}">{esc(text)}</span> ' if text else ""
