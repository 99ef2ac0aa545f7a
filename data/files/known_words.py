"""Headers by which columns are known, in five languages."""

import re
import unicodedata
from functools import lru_cache

# Headers by record column, without case, accents and separators; earlier ones are
# preferred. English, Spanish, French, German and Portuguese.
NAMES: dict[str, str] = {
    "incident_id": """
        incidentid incidentnumber incidentno incidentnum casenumber caseno
        caseid casenum eventid eventnumber reportnumber reportno callnumber
        callid idnum recordid uniqueid masterincidentnumber ccn uid uuid
        globalid id objectid key identificador numerodeincidente numeroincident
        vorgangsnummer aktenzeichen crimeid crimenumber idincidente iddelito
        idhecho folio expediente numeroexpediente numexpediente idcarpeta
        carpetadeinvestigacion idevento identifiant idincident numincident
        numeroaffaire numerodossier identifier einsatznummer fallnummer tatnummer
        ereignisid numeroocorrencia numerodaocorrencia numocorrencia idocorrencia
        numerobo numbo numerodobo numeroboletim""",
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
