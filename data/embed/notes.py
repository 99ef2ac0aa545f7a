"""The parts that fold out below the embed's picture: method, policy, release, downloads."""

from typing import Any

import numpy as np

from data.embed.language import Words, capital, esc
from data.embed.sentences import Picture, example, policy_texts
from data.languages import FIRST
from data.published.grids import Grid, Sort
from data.published.opening import Opening
from data.release.tables import ALL_CODE, BANDS, Manifest


def more(
    picture: Picture,
    sorts: dict[str, Sort],
    opened: Opening,
    manifest: Manifest,
    speak: Words,
    files: dict[str, list[tuple[str, str]]],
) -> str:
    """Tables of their own for each sort, then what holds for all of them."""
    parts: list[tuple[str, str, str]] = []
    for name, sort in sorts.items():
        own = {"sort": speak(f"sort.{name}")}
        if sort.bands is not None:
            title, text = _bands(sort.bands, speak)
            parts.append(("bands", speak("bands.title", **own, period=title), text))
        if any(not np.isnan(g.n).all() for g in sort.yearly.values()):
            parts.append(("yearly", speak("yearly.title", **own), _yearly(sort.yearly, speak)))
    method = _method(picture, sorts, opened, manifest, speak) + _policy(manifest, speak)
    parts.append(("method", speak("method.title"), method))
    parts.append(("manifest", speak("manifest.title"), _manifest(manifest, speak)))
    parts.append(("download", speak("download.title"), _downloads(files, speak)))
    return "\n".join(
        f'<details class="{name}"><summary>{esc(title)}</summary>{text}</details>'
        for name, title, text in parts
    )


def _method(
    picture: Picture, sorts: dict[str, Sort], opened: Opening, manifest: Manifest, speak: Words
) -> str:
    def paragraphs(texts: list[str]) -> str:
        return "".join(f"<p>{esc(text)}</p>" for text in texts)

    rules = policy_texts(manifest, speak)
    told = paragraphs([speak("method.once"), speak("method.areas", **rules)])
    for name, sort in sorts.items():
        rule = speak("note.exact" if sort.exact else "method.strict", **rules)
        told += f"<h3>{esc(speak(f'sort.{name}'))}</h3>"
        told += paragraphs([speak(f"sort.{name}.what"), rule])
    told += f"<h3>{esc(speak('method.example'))}</h3>"
    told += paragraphs(example(picture, sorts[opened.sort], opened.kind, manifest, speak))
    if sorts[opened.sort].exact and len(sorts) > 1:
        told += paragraphs([speak("method.example.hidden")])
    return told


def _pairs(rows: list[tuple[str, str]], head: tuple[str, str]) -> str:
    body = "".join(
        f'<tr><th scope="row">{esc(a)}</th><td class="n">{esc(b)}</td></tr>' for a, b in rows
    )
    heads = f'<th scope="col">{esc(head[0])}</th><th scope="col" class="n">{esc(head[1])}</th>'
    return f'<table class="plain"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _shown(v: float, speak: Words) -> str:
    return speak("hidden") if v != v else speak.number(v)


def _bands(grid: Grid, speak: Words) -> tuple[str, str]:
    """The newest period with a number, and its table."""
    some = np.flatnonzero(~np.isnan(grid.n).all(axis=1))
    at = int(some[-1]) if len(some) else len(grid.n) - 1
    rows = [
        (speak("bands.band", **{"from": b[:2], "to": b[3:]}), _shown(v, speak))
        for b, v in zip(BANDS, grid.n[at])
    ]
    return speak.period(grid.periods[at]), _pairs(rows, (speak("bands.when"), speak("table.n")))


def _yearly(grids: dict[str, Grid], speak: Words) -> str:
    rows = [
        (f"{capital(speak(f'kind.{kind}'))}, {p}", _shown(v[0], speak))
        for kind, grid in grids.items()
        if kind != ALL_CODE
        for p, v in zip(grid.periods, grid.n)
    ]
    return _pairs(rows, (speak("choose.kind"), speak("table.n")))


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
    facts = [(speak(f"manifest.{k}"), str(manifest[k])) for k in ("as_of", "stamp", "code")]
    for source in manifest["sources"]:
        covers = f"{source['title']} ({source['licence']}); {speak('manifest.covers')}: {source['covers']}"
        facts.append((speak("manifest.sources"), covers))
    facts += [(speak("manifest.held"), text) for text in manifest["held_back"]]
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


def _downloads(files: dict[str, list[tuple[str, str]]], speak: Words) -> str:
    told = '<p id="save" hidden></p>'
    for key, rows in files.items():
        links = "".join(
            f'<li><a href="{esc(f)}" download>{esc(label)}</a></li>' for f, label in rows
        )
        told += f"<h3>{esc(speak(key))}</h3><ul>{links}</ul>"
    return told
