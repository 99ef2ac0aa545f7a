"""Headers by which columns are known, in five languages."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# A reference that a source gives an incident: a thing with a mark ("Crime Ref No"), or a mark before a
# thing ("Nº BO", "Numéro de procédure")
_THINGS = """
    incident case crime offense offence event report complaint occurrence call master record file
    dispatch cad docket"""
_MARKS = """
    number no num nr ref refno refnumber refnum reference referenceno referencenumber id identifier"""
_MARKS_BEFORE = "numero num nro no n nr id"
_BETWEEN = ("", "de", "del", "de la", "du", "do", "da", "d")
_CALLED_THINGS = """
    incidente incident delito hecho evento expediente folio carpeta denuncia caso reporte parte
    atestado affaire dossier procedure procesverbal pv plainte fait ocorrencia bo boletim
    boletimdeocorrencia boletimocorrencia protocolo processo inquerito registro"""
_REFERENCES = """
    idnum masterincidentnumber ccn policeref policereference folio expediente protocolo carpetadeinvestigacion
    boletimdeocorrencia boletimocorrencia boletim nuc aktenzeichen az geschaftszeichen
    geschaeftszeichen vorgangsnummer vorgangsnr tagebuchnummer tagebuchnr einsatznummer einsatznr
    fallnummer fallnr tatnummer tatnr deliktnummer ereignisid ereignisnummer reference ref referencia
    referenz"""
_PLAIN_IDS = "uniqueid uid uuid id key identificador identifiant identifier globalid"
# numbers of rows, which a server gives anew: only where nothing else is there
_ROW_NUMBERS = "objectid objectid1 fid ogcfid oid gid rowid esrioid"


def _ids() -> Iterator[str]:
    """The headers of ids, references of the source first and a server's own row numbers last."""
    yield "incidentid"
    for mark in _MARKS.split():
        yield from (thing + mark for thing in _THINGS.split())
    yield from _REFERENCES.split()
    for thing in _CALLED_THINGS.split():
        for mark in _MARKS_BEFORE.split():
            yield from (mark + between.replace(" ", "") + thing for between in _BETWEEN)
    yield from (*_PLAIN_IDS.split(), *_ROW_NUMBERS.split())


# Headers by record column, without case, accents and separators; earlier ones are
# preferred. English, Spanish, French, German and Portuguese.
NAMES: dict[str, str] = {
    "incident_id": " ".join(_ids()),
    "occurred_at": """
        occurredat occurred occurredon occurreddate occurreddatetime
        dateoccurred datetimeoccurred occurdate occurrencedate incidentdatetime
        incidentdate eventdatetime eventdate responsedatetime stopdatetime
        stopdate calldatetime calldate crimedate offensedate dateofoccurrence
        dateofincident begindate startdatetime startdate datetime dateandtime
        datetimelocal timestamp date datetext datelocal when fechahora
        fechahecho fechahechos fechadelhecho fechadeloshechos fechadehecho
        fechaocurrencia fechadeocurrencia fechadelito fechadeldelito fechaincidente
        fechadelincidente fechasuceso fechayhora fecha dateheure dateetheure
        datedesfaits datedufait datefaits dateincident dateevenement jour
        tatzeit tatdatum tattag zeitpunkt ereignisdatum vorfallsdatum einsatzdatum
        datumuhrzeit datumzeit datum datahora dataehora dataocorrencia
        datadaocorrencia dataocorrenciabo datafato datadofato datacrime data
        taariikh time""",
    "time_of_day": """
        timeofday occurredtime timeoccurred incidenttime eventtime stoptime
        calltime crimetime time horahecho horahechos horadelhecho horaocurrencia
        horaincidente horadelincidente horaocorrencia horadaocorrencia
        horaocorrenciabo horafato horadofato hora heuredesfaits heurefaits
        heureincident heure uhrzeit tatuhrzeit einsatzzeit zeit saacad""",
    "received_at": """
        receivedat received datereceived receiveddate receiveddatetime
        submittedat submitted datesubmitted reportedat reported reporteddate
        datereported reportdate reportdatetime reporteddatetime createdat
        created createddate entrydate recibido recu gemeldet fecharegistro
        fechaderegistro fechareporte fechadereporte fechadenuncia fechadedenuncia
        dataregistro datadoregistro datacomunicacao dateplainte datesignalement
        meldedatum eingangsdatum""",
    "lat": """
        lat latitude latitud breite breitengrad geobreite coordlatitud gpslat gpslatitude incidentlat
        incidentlatitude latwgs84 latdd y ycoord ycoordinate coordy""",
    "lon": """
        lon long lng longitude longitud lange langengrad laenge laengengrad
        geolange geolaenge coordlongitud
        gpslon gpslong gpslng gpslongitude incidentlon incidentlong
        incidentlongitude lonwgs84 longwgs84 londd longdd x xcoord xcoordinate
        coordx""",
    "x": """
        x xcoord xcoordinate coordx coordenadax coordonneex xkoordinate easting este
        rechtswert utmx xwebmercator""",
    "y": """
        y ycoord ycoordinate coordy coordenaday coordonneey ykoordinate northing norte
        hochwert utmy ywebmercator""",
    "lat_lon": """
        latlon latlong latlng latitudelongitude coordinates coordinate coords
        geolocation gps gpscoordinates geopoint location location1 position
        point coordenadas coordonnees coordonneesgeo geopoint2d koordinaten ubicacion
        localizacao localizacion geolocalisation""",
    "point": """
        wkt point geom geometry thegeom geo shape wktgeom location location1
        geolocation georeference newgeoreferencedcolumn geojson""",
    "area_label": """
        neighborhood neighbourhood neighborhoodname neighbourhoodname nbhd
        communityarea area areaname hood barrio barrios nombarrio nombrebarrio
        barrionombre nombredelbarrio barriohecho colonia coloniahecho coloniahechos
        nombrecolonia vecindario bairro nomebairro bairrofato quartier nomquartier
        nomduquartier libellequartier arrondissement stadtteil stadtteilname
        stadtviertel ortsteil ortsteilname stadtbezirk viertel bezirk bezirksname
        comuna nombrecomuna localidad alcaldia alcaldiahecho alcaldiahechos
        delegacion secteur setor regiao xaafad district ward precinct
        policeprecinct policedistrict beat policebeat sector zone zona distrito""",
    "city": """
        city cityname town municipality ciudad municipio cidade nomemunicipio
        nombremunicipio ville nomville commune nomcommune libellecommune stadt ort
        gemeinde magaalo""",
    "kind": """
        kind incidentkind incidenttype type eventtype calltype category
        incidentcategory problem offense offence offensetype offensecategory
        crimetype primarytype nature natureofcall callnature crime tipo
        tipodeincidente tipoincidente tipodelito tipodedelito delito categoriadelito
        categoriadedelito tipohecho tipodehecho tipoevento tipodeevento categoria
        typeincident typedincident typedefait typeinfraction naturedesfaits
        naturefait infraction delit categorie nature art deliktart deliktsart
        straftat tatart einsatzart einsatzgrund vorfallart ereignisart kategorie
        delikt tipoocorrencia tipodeocorrencia tipocrime tipodecrime natureza
        naturezaocorrencia naturezadaocorrencia naturezaapurada rubrica ocorrencia
        tipificacao""",
    "grade": "grade verification verificationstatus status confidence",
    "via": "via reportedvia howreported callsource howknown reportsource",
    "setting": """
        setting placetype locationtype premise premises tipolugar tipodelugar tipolocal
        tipodelocal typelieu typedelieu ortsart""",
    "origin": "origin channel canal herkunft",
    "response": "response policeresponse localresponse respuesta reponse reaktion",
    "force": "force forcetype forceused typeofforce fuerza gewalt",
    "injured": "injured injury injuries anyinjured heridos blesses verletzt",
    "harm": "harm harms harmdone",
    "press_hurt": "presshurt pressinjured journalisthurt journalistinjured",
    "aid_kept_away": "aidkeptaway aidblocked medicsblocked medicalhelpkeptaway",
    "officers": """
        officers officercount numberofofficers numofficers agents agentcount""",
    "vehicles": "vehicles vehiclecount numberofvehicles numvehicles cars vehiculos",
    "agencies": "agencies agency",
    "on_scene_until": "onsceneuntil until departed leftat endtime",
    "source_url": "sourceurl sourceurls url urls link links evidence sources source",
    "text": """
        text description narrative details incidentdescription notes note
        comments comment summary descripcion descricao beschreibung texto texte""",
    "time_precision": "timeprecision",
    "place_precision": "placeprecision",
}
# enough for what an import cannot do without, whatever the column holds
NEEDED = {
    "occurred_at": NAMES["occurred_at"].split(),
    "lat": ["lat", "latitude", "latitud"],
    "lon": ["lon", "long", "lng", "longitude", "longitud"],
}


def known_name(header: str) -> bool:
    """Return whether a header stands in the tables of headers."""
    return plain(header) in _known()


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(name for listed in NAMES.values() for name in listed.split())


@lru_cache(maxsize=1024)
def plain(header: str) -> str:
    """A header without case, accents and separators."""
    plain = unicodedata.normalize("NFKD", header.lower())
    return re.sub(r"[\W_]+", "", "".join(c for c in plain if c.isascii()))
