"""What folds out below the embed's picture: method, policy, release, downloads."""

from typing import Any

from data.embed_data import ALL, BANDS, Grid, Sort
from data.embed_said import Picture, example, spoken
from data.embed_words import Words, capital, esc


def more(
    picture: Picture,
    sort: Sort,
    manifest: dict[str, Any],
    speak: Words,
    files: dict[str, list[tuple[str, str]]],
) -> str:
    keys = ("method.once", "method.areas", f"sort.{sort.name}.what")
    rule = "note.exact" if sort.exact else "method.strict"
    method = [speak(key, **spoken(manifest, speak)) for key in (*keys, rule)]
    told = "".join(f"<p>{esc(p)}</p>" for p in method)
    told += f"<h3>{esc(speak('method.example'))}</h3>"
    told += "".join(f"<p>{esc(p)}</p>" for p in example(picture, sort, manifest, speak))
    told += _policy(manifest, speak)
    parts = [("method", told)]
    if sort.bands is not None:
        parts.insert(0, ("bands", _bands(sort.bands, speak)))
    if sort.yearly:
        parts.insert(0, ("yearly", _yearly(sort.yearly, speak)))
    parts.append(("manifest", _manifest(manifest, speak)))
    parts.append(("download", _downloads(files, speak)))
    titles = {"bands": {"period": speak.period(sort.bands.periods[-1])} if sort.bands else {}}
    return "\n".join(
        f'<details id="{name}"><summary>{esc(speak(f"{name}.title", **titles.get(name, {})))}</summary>{text}</details>'
        for name, text in parts
    )


def _pairs(rows: list[tuple[str, str]], head: tuple[str, str]) -> str:
    body = "".join(
        f'<tr><th scope="row">{esc(a)}</th><td class="n">{esc(b)}</td></tr>' for a, b in rows
    )
    heads = f'<th scope="col">{esc(head[0])}</th><th scope="col" class="n">{esc(head[1])}</th>'
    return f'<table class="plain"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _shown(v: float, speak: Words) -> str:
    return speak("hidden") if v != v else speak.number(v)


def _bands(grid: Grid, speak: Words) -> str:
    rows = [
        (speak("bands.band", **{"from": b[:2], "to": b[3:]}), _shown(v, speak))
        for b, v in zip(BANDS, grid.n[-1])
    ]
    return _pairs(rows, (speak("bands.when"), speak("table.n")))


def _yearly(grids: dict[str, Grid], speak: Words) -> str:
    rows = [
        (f"{capital(speak(f'kind.{kind}'))}, {p}", _shown(v[0], speak))
        for kind, grid in grids.items()
        if kind != ALL
        for p, v in zip(grid.periods, grid.n)
    ]
    return _pairs(rows, (speak("choose.kind"), speak("table.n")))


def _policy(manifest: dict[str, Any], speak: Words) -> str:
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


def _manifest(manifest: dict[str, Any], speak: Words) -> str:
    facts = [(speak(f"manifest.{k}"), str(manifest[k])) for k in ("as_of", "stamp", "code")]
    for source in manifest["sources"]:
        covers = f"{source['title']} ({source['licence']}); {speak('manifest.covers')}: {source['covers']}"
        facts.append((speak("manifest.sources"), covers))
    for key, name in (("held_back", "held"), ("warnings", "warnings")):
        facts += [(speak(f"manifest.{name}"), text) for text in manifest[key]]
    return "<dl>" + "".join(f"<dt>{esc(a)}</dt><dd>{esc(b)}</dd>" for a, b in facts) + "</dl>"


def _downloads(files: dict[str, list[tuple[str, str]]], speak: Words) -> str:
    told = '<p id="save" hidden></p>'
    for key, rows in files.items():
        links = "".join(
            f'<li><a href="{esc(f)}" download>{esc(label)}</a></li>' for f, label in rows
        )
        told += f"<h3>{esc(speak(key))}</h3><ul>{links}</ul>"
    return told
