"""Citation texts of a cite: AP style, APA, BibTeX."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from data.cites.cite_folder import DEMONSTRATION, Cite
from data.views.export import TEAM_ONLY

_AP_MONTHS = (
    *("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct."),
    *("Nov.", "Dec."),
)
# what TeX reads as a command
_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    sign: f"\\{sign}" for sign in "&%$#_{}"
}


def cited_day(cite: Cite) -> date:
    """The day on which a cite was made, in the time of the place."""
    return local_day(cite.cited.at, cite.manifest.zone)


def local_day(at: str, zone: str) -> date:
    """The day of a moment (UTC in ISO 8601) in a time zone."""
    return datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).date()


def cite_address(origin: str, name: str) -> str:
    """The link of a cite as readers open it."""
    return f"{origin}/c/{name}"


def citation_texts(cite: Cite, day: date, address: str) -> dict[str, str]:
    """The citation of a cite by the name of its style; `day` is that of the citation, or of the
    release, `address` its link as readers open it."""
    return {
        "AP style": _ap(cite, day, address),
        "APA": _apa(cite, day, address),
        "BibTeX": _bibtex(cite, day, address),
    }


def _which(cite: Cite) -> str:
    """Of which data the numbers are, and whether they are for the team only."""
    of = f"{'release' if cite.manifest.as_of else 'data'} {cite.manifest.stamp}"
    return f"{of}; {TEAM_ONLY[:1].lower()}{TEAM_ONLY[1:]}" if cite.manifest.team_only else of


def _made(cite: Cite) -> str:
    """The sentence that no report is real, where none is, and a space."""
    return f"{DEMONSTRATION} " if cite.manifest.made else ""


def _ap(cite: Cite, day: date, address: str) -> str:
    manifest = cite.manifest
    recorded = ", ".join(source.title for source in manifest.sources)
    by = f"{recorded}, counted by " if recorded else ""
    return (
        f"Source: {by}Porchlight {manifest.place}, {_which(cite)}, "
        f"{_AP_MONTHS[day.month - 1]} {day.day}, {day.year}. “{_sentence(manifest.title)}” {_made(cite)}{address}"
    )


def _apa(cite: Cite, day: date, address: str) -> str:
    manifest = cite.manifest
    return (
        f"Porchlight {manifest.place}. ({day.year}, {day:%B} {day.day}). "
        f"{manifest.title.rstrip('.')} ({_which(cite).capitalize()}) [Data set]. {_made(cite)}{address}"
    )


def _bibtex(cite: Cite, day: date, address: str) -> str:
    manifest = cite.manifest
    fields = {
        "author": f"{{{_tex(f'Porchlight {manifest.place}')}}}",
        "title": f"{{{_tex(manifest.title)}}}",
        "year": str(day.year),
        "month": f"{day:%b}".lower(),
        "note": _tex(
            f"{manifest.subtitle}. {_made(cite)}{_which(cite).capitalize()}; code {manifest.code}"
        ),
        "url": address,
    }
    body = ",\n".join(
        f"  {name} = {value if name == 'month' else f'{{{value}}}'}"
        for name, value in fields.items()
    )
    return f"@misc{{porchlight-{cite.name[:12]},\n{body}\n}}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in text)
