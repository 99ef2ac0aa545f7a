"""The role of the time that a header names: of what happened, of the report, of the entry."""

from functools import lru_cache

from data.files import known_words
from data.personal_columns import split_header
from data.words import listed

# What a header says its time to be, the best first. The last word counts: the time at
# which a call was received is one of receiving.
_ROLES: tuple[frozenset[str], ...] = (
    listed("""
        occurred occurrence occurring occur occurs occ happened happen ocurrido hecho
        hechos ocurrencia suceso fait faits tat fato fatos"""),
    listed("""
        event incident offense offence crime stop call calls begin began start started
        from fr first onset response violation encounter force action activity complaint
        cmplnt protest sighting observed seen incidente evento delito ereignis vorfall
        llamada appel anruf evenement infraction intervention einsatz vorfalls ocorrencia
        ocorrencias"""),
    frozenset(),  # plain: a date, and no word for whose
    listed("""
        received recd rcvd receipt rec report reports reported reporting rpt rptd opened
        open called recibido recu gemeldet reportado registro registrado reporte denuncia
        inicio plainte signalement depot meldung melde eingang eingangs comunicacao"""),
    listed("""
        created create creation entered entry logged log submitted submit submission
        creacion criacao alta erfasst
        filed input inserted recorded posted published added creado cree erstellt"""),
    listed("""
        dispatch dispatched queued enroute arrive arrived arrival onscene scene assigned
        arrest arrested booked"""),
)
PLAIN, REPORTED, OTHER = 2, 3, len(_ROLES)
# these never say when something happened
NEVER = listed("""
    updated update updates modified modify modification changed edited closed close
    closing cleared clear ended end ending to until thru through last latest finish
    finished due expire expires expired expiry expiration resolved completed complete
    upload uploaded loaded load extract extracted refreshed sync synced year month
    quarter week weekday dow doy minute season shift fin final actualizacion
    actualizado cierre atualizacao atualizado fechamento termino maj cloture
    aktualisiert aktualisierung ende
""")
MONTHS = listed("""
    year month yyyy mm mes mois monat monthly
""")  # allowed where a column holds months that tell their year
TIMES = listed("""
    date dates datetime datetimes time times timestamp timestamps dt dttm dtm tm ts day
    when fecha hora fechahora data datahora datum zeit zeitpunkt uhrzeit heure jour taariikh hhmm
""")
_BESIDE = listed("""
    of the and at on in by local utc gmt iso est cst mst pst text de del la le du der die
    das am um est hour military hrs do da dos das los las et bo
""")
# lengths of time, which look like clocks
LENGTHS = listed("""
    response elapsed duration total travel wait delay turnaround interval
""")
VOCABULARY = frozenset().union(*_ROLES, NEVER, TIMES, _BESIDE, MONTHS)
# "year/mo/dy" over whole dates: all three of them, each under some name
_WHOLE = tuple(map(listed, ("year yr yyyy", "month mo mm", "day dy dd")))


def header_words(header: str) -> frozenset[str]:
    """The words of a header; not those of "year/month/day", which say how it is written."""
    found = frozenset(split_header(header, VOCABULARY))
    return (
        found - frozenset().union(*_WHOLE) | {"date"} if all(map(found.__and__, _WHOLE)) else found
    )


@lru_cache(maxsize=4096)
def role(header: str, months: bool = False) -> int | None:
    """The place in ROLES of what a header names; None where it names no time.

    Where a column holds `months`, words for them may stand in its header.
    """
    found = header_words(header)
    if months and found & MONTHS:
        found = found - MONTHS | {"date"}
    if found & NEVER:
        return None
    if not found & TIMES and not any(found & listed_words for listed_words in _ROLES):
        return (
            PLAIN if known_words.plain(header) in known_words.NAMES["occurred_at"].split() else None
        )
    return role_of(found)


def names_month(header: str) -> bool:
    """Return whether a header names a month, and no day."""
    found = header_words(header)
    return bool(found & MONTHS and not found & _WHOLE[2])


def role_of(found: frozenset[str]) -> int:
    """The place in ROLES of some words; OTHER where one is of no table."""
    roles = [place for place, listed_words in enumerate(_ROLES) if found & listed_words]
    if roles:
        return max(roles)
    return OTHER if found - TIMES - _BESIDE else PLAIN
