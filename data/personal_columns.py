"""Columns that may not come in, or not unasked, recognized by their headers alone.

A name that could be a person's is taken for one: a lost column can be renamed and
imported again, a leaked one cannot be called back.
"""

import re
import unicodedata
from functools import lru_cache

from data.words import listed

# words (English, Spanish, French, German, Portuguese, Somali) that say: this identifies somebody
IDENTIFIES = listed("""
    fname lname firstname lastname fullname surname forename givenname maidenname
    middlename nickname alias aka username screenname handle moniker initials
    signature apellido apellidos prenom prenoms vorname vornamen nachname nachnamen
    familienname magaca magac phone phones telephone telephones cellphone cellular
    mobile fax whatsapp telefono telefonos celular movil portable telefon
    telefonnummer handynummer rufnummer taleefan taleefanka taleefoon telefoonka
    email emails mail mails correo courriel mailadresse iimayl iimaylka plate plates
    licenseplate numberplate vin matricula matriculas placa placas plaque plaques
    immatriculation kennzeichen autokennzeichen nummernschild taargada taargo badge
    badges badgeno insignia dienstnummer ssn socialsecurity itin curp rfc dni nif
    cedula nss passport passports passeport pasaporte reisepass ausweis
    ausweisnummer baasaboor baasaboorka document documents documento documentos
    dokument dokumente dukumenti visa visas visum fiisaha alien anumber uscis
    nationality nationalities nacionalidad nationalite staatsangehorigkeit
    nationalitat jinsiyadda jinsiyad citizenship citizen ciudadania citoyennete
    staatsburgerschaft muwaadinimo immigration immigrant migration migratorio
    migratoria inmigracion einwanderung aufenthaltsstatus undocumented deportable
    dob birth birthdate birthday birthplace dateofbirth nacimiento naissance geburt
    geburtsdatum geburtstag geburtsort dhalasho dhalashada cumpleanos domicile
    domicilio domicilios residence residencia wohnort wohnadresse wohnanschrift
    homeaddress hoyga mugshot selfie fingerprint biometric biometrics dna facebook
    instagram twitter telegram snapchat tiktok linkedin imei contact contacts
    contacto kontakt login logins logon userid kennung benutzerkennung assignee dln
    deviceid simserial subscriberid sobrenome sobrenomes apelido telefone telefones
    telemovel endereco enderecos morada nascimento cpf cidadania nacionalidade
""")

# words for a person: alone, or with a word of ABOUT, they identify somebody
PEOPLE = listed("""
    person persons people suspect suspects victim victims witness witnesses officer
    deputy trooper agent sergeant detective complainant complainants claimant
    plaintiff defendant arrestee detainee detainees inmate offender offenders
    perpetrator driver passenger passengers pedestrian owner tenant resident renter
    landlord patient caller callers reporter submitter sender informant employee
    employer dispatcher attorney lawyer guardian mother father spouse child kin
    subject individual civilian applicant client user author volunteer observer
    organizer persona personas sospechoso victima victimas testigo testigos oficial
    agente conductor detenido detenida arrestado vecino denunciante personne
    suspecte victime victimes temoin temoins agents conducteur detenu plaignant
    opfer zeuge zeugen beamter beamte polizist verdachtiger verdachtige fahrer
    halter tater melder anrufer respondent respondents emp occupant occupants
    homeowner usuario utilisateur benutzer propietario proprietaire eigentumer qof
    dhibbane marqaati sarkaal darawal pessoa pessoas vitima vitimas suspeito
    suspeitos testemunha testemunhas motorista policial policiais solicitante autor
    autores
""")

# of the words for people, those that alone say how many or what sort, not who
NOT_ALONE = listed("""
    persons people victims suspects subject agents agente individual civilian child
    personas personne conductor oficial client passengers passenger
    pedestrian detainees victimas victimes callers residents
""")

# beside a word for a person they only say which one
WHICH = listed("""
    arresting responding reporting primary secondary lead assigned investigating
    issuing attending main other first second third involved stopped on duty a b c i
    ii iii
""")

# what, with a word for a person, tells who it is or where they live
_ABOUT = listed("""
    name names id ids identifier identity number no nr num nbr address addresses nome nomes
    street home phone nombre nombres numero direccion adresse anschrift nom noms
    nummer code city zip zipcode location lat lon latitude longitude last first
    middle given init initial cinwaan cinwaanka
""")

# a name or an address that is none of a person's where one of these stands beside it
_NAMES = listed("""
    name names nombre nombres nom noms nome nomes naam
""")
THINGS = listed("""
    neighborhood neighborhoods neighbourhood neighbourhoods hood street streets road
    roads avenue highway intersection block area areas zone zones district districts
    precinct precincts beat beats sector sectors ward wards division region county
    city town state country community municipality borough village tract place
    places location site park school facility building landmark station stop agency
    agencies department dept organization organisation unit bureau office source
    file dataset layer table column field category type kind class code event
    incident crime offense offence charge statute problem call case report program
    project weapon drug force action method vehicle make model business store
    hospital church court jail prison campus route line barrio colonia calle zona
    distrito sector comisaria ciudad municipio pueblo lugar parque escuela agencia
    tipo archivo quartier quartiers rue commune arrondissement ville secteur lieu
    gare agence fichier stadtteil stadtteile stadtviertel viertel bezirk strasse
    strassen stadt ort gebiet revier dienststelle behorde datei gemeinde xaafad
    degmo magaalo waddo bairro bairros cidade rua delegacia local ocorrencia
    natureza comuna alcaldia ortsteil stadtbezirk
""")

# pairs and longer turns that identify though each word alone does not
TURNS = (
    r"\b(license|licence|lic|drivers?|driving|permit|licencia|permis|fuhrerschein)\b.*"
    r"\b(no|nr|num|nbr|number|id|plate|state|numero|nummer)\b",
    r"\b(driver|drivers|driving) (license|licence)\b|^(license|licence|licencia)$",
    r"\bsocial security\b|\bseguro social\b|\bsecurite sociale\b",
    r"\b(last|first|full|middle|given|family|maiden|legal|nick) ?names?\b",
    r"\b(home|private|mailing|residential|postal|billing) (address|street|location)\b",
    r"\b(place|country|state|city|pais|land|pays) (of|de) (birth|origin|citizenship)\b",
    r"\bcountry of origin\b|\blegal status\b|\bresidency status\b|\bgreen card\b",
    r"\b(a|alien) (number|no|nr|num)\b|^a ?#$|^a number$",
    r"\b(vehicle|car|auto) (tag|registration|reg)\b|\btag (no|nr|num|number|state)\b",
    r"\b(tel|cell|mobile|handy) ?(no|nr|num|number|nummer)?$|^tel\b",
    r"\bip address\b|\bdevice id\b|\bsocial media\b|\bnumero de (serie|placa)\b",
    r"\b(employee|employment|staff|payroll|serial|star|shield) (id|no|nr|num|number)\b",
    r"\b(by|por|par|von)$",
    r"\be mail\b|\bd o b\b|\bs s n\b",
    r"\b(reporting|calling|injured|arrested|involved) part(y|ies)\b|^rp( |$)",
    r"\b(dl|oln|sid|fbi) (no|nr|num|number|state)\b|^(dl|oln|lp)$|\blic st$",
    r"^(vehicle |veh )?(tag|registration|reg|reg no|lp no)$|\bip( addr)?$|^crew( members?)?$",
    r"^(off|party|parties|involved)$|\bassigned to$|\bowners?$|^case (title|name|caption)$",
    r"\bstreet addr(ess)?$|\bapt\b|^apartment( (no|nr|num|number))?$",
)

# attributes of a person: kept for counting, left out of Records and exports
PERSONAL = listed("""
    raca race races ethnicity ethnic ethnicities gender genders sex age ages agegroup
    minor juvenile adult skin hair height weight build disability disabled pregnant
    religion language orientation sexuality marital tribe hispanic latino pronouns
    veteran homeless raza etnia genero sexo edad religion idioma ethnie genre age
    langue geschlecht alter herkunft ethnie sprache rasse jinsi jinsiga diin luqad
    qowmiyad
""")

# "number of victims" counts them
_COUNTS = re.compile(r"^(number|num|no|nr|nbr|count|total|anzahl) (of |de )?\w+s$|people$")

# words for prose, which may name anybody: left out unless a mapping asks for it
_PROSE = listed("""
    narrative narratives description descriptions descr comment comments note notes
    remark remarks detail details summary summaries text texts freetext synopsis
    observation observations memo message messages statement statements explanation
    transcript story nota notas narrativa relato descripcion descripciones
    comentario comentarios observacion observaciones resumen detalle detalles texto
    textos commentaire commentaires remarque remarques recit resume texte textes
    beschreibung bemerkung bemerkungen kommentar kommentare notiz notizen
    zusammenfassung sachverhalt anmerkung anmerkungen freitext schilderung
    faahfaahin sharaxaad qoraal
""")
# beside a word for a code or a sort, a description is its label: content decides
LABELLED = listed("""
    description descriptions descr text texto descripcion beschreibung
""")
_SORTS = listed("""
    type types code codes category class kind status offense offence offenses charge
    crime statute ucr nibrs ibr location premise premises weapon disposition
    district precinct beat ward zone area date
""")

_JOINERS = listed("""
    of the de la le du des del der die das von s d l and or for
""")
_VOCABULARY = IDENTIFIES | PEOPLE | _ABOUT | _NAMES | THINGS | PERSONAL | {"license"}
_PROSE_VOCABULARY = _VOCABULARY | _PROSE | _SORTS


def is_forbidden(header: str) -> bool:
    """Return whether a column of this name may hold what tells who or where somebody is."""
    return _forbidden(split_header(header))


def is_personal(header: str) -> bool:
    """Return whether a column of this name holds an attribute of a person, such as race."""
    return bool(PERSONAL & set(split_header(header)))


def is_prose(header: str) -> bool:
    """Return whether a column of this name holds free text, in which anybody may be named."""
    found = frozenset(split_header(header, _PROSE_VOCABULARY))
    return bool(found & _PROSE) and not (found & _SORTS and found & _PROSE <= LABELLED)


@lru_cache(maxsize=4096)
def split_header(header: str, vocabulary: frozenset[str] = _VOCABULARY) -> tuple[str, ...]:
    """The header's words, lower case without accents; joined ones are taken apart."""
    plain = unicodedata.normalize("NFKD", header).replace("ß", "ss")
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])", r"\1\3 \2\4", plain)
    found = re.findall(r"[^\W\d_]+|#", plain.lower())
    return tuple(word for joined in found for word in _apart(joined, vocabulary))


def _apart(joined: str, vocabulary: frozenset[str]) -> tuple[str, ...]:
    """A word such as licenseplateno as the known words it is made of, else itself."""
    if joined in vocabulary:
        return (joined,)
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(joined) + 1):
        for start in range(max(0, end - 20), end):
            word = joined[start:end]
            known = word in vocabulary or word in _JOINERS
            if start in best and known and len(word) > 1:
                way = (*best[start], word)
                if end not in best or len(way) < len(best[end]):
                    best[end] = way
    return best.get(len(joined), (joined,))


def _forbidden(split: tuple[str, ...]) -> bool:
    found, said = frozenset(split) - _JOINERS, " ".join(split)
    people = found & PEOPLE
    others = found - people
    if found & IDENTIFIES or any(re.search(turn, said) for turn in TURNS):
        return True
    if people and others & (_ABOUT | _NAMES) and not _COUNTS.search(said):
        return True
    if people - NOT_ALONE and others <= WHICH:
        return True
    return bool(found & _NAMES) and not found & THINGS
