"""Headers as cities of other languages publish them: the columns are found, people are not."""

from pathlib import Path

import pytest

from data.columns import guess_columns
from data.imports import importer
from data.imports.importer import Options
from data.personal_columns import is_forbidden
from data.settings import Settings
from data.storage.store import Store

# where, the header, a row, and what each column is
CITIES: dict[str, tuple[str, str, dict[str, str]]] = {
    "Ciudad de México": (
        "id_carpeta;fecha_inicio;hora_inicio;fecha_hecho;hora_hecho;delito;colonia_hecho;latitud;longitud",
        "8324429;2023-01-03;11:10:00;2023-01-02;10:20:00;ROBO DE VEHICULO;ROMA NORTE;19.4150;-99.1600",
        {"incident_id": "id_carpeta", "occurred_at": "fecha_hecho", "time_of_day": "hora_hecho", "kind": "delito", "area_label": "colonia_hecho", "lat": "latitud", "lon": "longitud"},
    ),
    "Buenos Aires": (
        "id-sum;anio;mes;dia;fecha;franja;tipo;subtipo;barrio;comuna;latitud;longitud",
        "1;2022;ENERO;LUNES;2022-01-03;13;Robo;Robo total;PALERMO;14;-34.5880;-58.4300",
        {"occurred_at": "fecha", "kind": "tipo", "area_label": "barrio", "lat": "latitud", "lon": "longitud"},
    ),
    "Bogotá": (
        "FECHA;HORA;TIPO_DELITO;LOCALIDAD;BARRIO;LATITUD;LONGITUD",
        "15/01/2024;18:30;HURTO A PERSONAS;SUBA;NIZA;4.7000;-74.0700",
        {"occurred_at": "FECHA", "time_of_day": "HORA", "kind": "TIPO_DELITO", "area_label": "BARRIO", "lat": "LATITUD", "lon": "LONGITUD"},
    ),
    "São Paulo": (
        "NUM_BO,DATA_OCORRENCIA_BO,HORA_OCORRENCIA_BO,RUBRICA,BAIRRO,CIDADE,LATITUDE,LONGITUDE",
        "A1,15/01/2024,18:30:00,Furto,LIBERDADE,S.PAULO,-23.5600,-46.6300",
        {"incident_id": "NUM_BO", "occurred_at": "DATA_OCORRENCIA_BO", "time_of_day": "HORA_OCORRENCIA_BO", "kind": "RUBRICA", "area_label": "BAIRRO", "city": "CIDADE", "lat": "LATITUDE", "lon": "LONGITUDE"},
    ),
    "Rio": (
        "id,data,hora,tipo_ocorrencia,bairro,município,latitude,longitude",
        "1,2024-01-15,18:30,Roubo,Centro,Rio de Janeiro,-22.9000,-43.2000",
        {"incident_id": "id", "occurred_at": "data", "time_of_day": "hora", "kind": "tipo_ocorrencia", "area_label": "bairro", "city": "município", "lat": "latitude", "lon": "longitude"},
    ),
    "Montréal": (
        "CATEGORIE,DATE,QUART,QUARTIER,LONGITUDE,LATITUDE",
        "Introduction,2024-01-15,jour,Plateau,-73.5800,45.5200",
        {"occurred_at": "DATE", "kind": "CATEGORIE", "area_label": "QUARTIER", "lat": "LATITUDE", "lon": "LONGITUDE"},
    ),
    "Lyon": (
        "identifiant;date des faits;heure des faits;nature des faits;nom du quartier;latitude;longitude",
        "7;15/01/2024;18:30;Vol;Croix-Rousse;45.7700;4.8300",
        {"incident_id": "identifiant", "occurred_at": "date des faits", "time_of_day": "heure des faits", "kind": "nature des faits", "area_label": "nom du quartier", "lat": "latitude", "lon": "longitude"},
    ),
    "Berlin": (
        "Vorgangsnummer;Datum;Uhrzeit;Deliktart;Stadtteil;Breite;Länge",
        "V1;15.01.2024;18:30;Diebstahl;Kreuzberg;52,5000;13,4000",
        {"incident_id": "Vorgangsnummer", "occurred_at": "Datum", "time_of_day": "Uhrzeit", "kind": "Deliktart", "area_label": "Stadtteil", "lat": "Breite", "lon": "Länge"},
    ),
    "Hamburg": (
        "Einsatznummer;Tatzeit;Straftat;Ortsteil;Breitengrad;Längengrad",
        "E1;15.01.2024 18:30;Raub;Altona;53.5500;9.9300",
        {"incident_id": "Einsatznummer", "occurred_at": "Tatzeit", "kind": "Straftat", "area_label": "Ortsteil", "lat": "Breitengrad", "lon": "Längengrad"},
    ),
}  # fmt: skip


def table(city: str) -> tuple[list[str], list[str]]:
    header, row, _ = CITIES[city]
    mark = ";" if ";" in header else ","
    return header.split(mark), row.split(mark)


@pytest.mark.parametrize("city", CITIES)
def test_columns_of_a_city_are_found(city: str) -> None:
    names, row = table(city)
    found = guess_columns.columns(names, lambda name: [row[names.index(name)]])
    assert {t: n for t, n in found.items() if t in CITIES[city][2]} == CITIES[city][2]
    assert not [name for name in names if is_forbidden(name)]


@pytest.mark.parametrize("city", ["Ciudad de México", "São Paulo", "Lyon", "Berlin"])
def test_a_file_of_a_city_becomes_records(city: str, tmp_path: Path) -> None:
    header, row, _ = CITIES[city]
    _, cells = table(city)
    lat = float(cells[-2].replace(",", ".")), float(cells[-1].replace(",", "."))
    place = Settings(name=city, zone="UTC", center=lat, reach_km=100)
    (tmp_path / "a.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    report = importer.import_file(
        Store(tmp_path / "store"),
        place,
        tmp_path / "a.csv",
        Options(kind="other", source_kind="official", source="a"),
        say=lambda _: None,
    )
    assert (report.kept, report.rows) == (1, 1), report.rejected
    assert str(report.first) == ("2023-01-02" if city == "Ciudad de México" else "2024-01-15")


@pytest.mark.parametrize(
    "header",
    [
        *("nome", "nome da vítima", "sobrenome", "telefone", "endereço", "CPF", "autor"),
        *("data de nascimento", "nombre", "testemunha", "morada", "vitima_nome", "Policial"),
    ],
)
def test_columns_about_people_stay_out(header: str) -> None:
    assert is_forbidden(header)


@pytest.mark.parametrize(
    "header", ["nome do bairro", "nom du quartier", "nombre_barrio", "NOME_DELEGACIA", "bairro"]
)
def test_names_of_places_are_no_people(header: str) -> None:
    assert not is_forbidden(header)


def test_false_friends() -> None:
    """`data` is a date only where it holds dates, `Breite` a latitude only where degrees."""
    values = {"data": ["0x1F", "a9"], "date": ["2024-01-15"], "Breite": ["350"], "Länge": ["420"]}
    found = guess_columns.columns([*values], lambda name: values[name])
    assert found == {"occurred_at": "date"}
    # the day of the last change is not that of what happened
    both = {"data_atualizacao": ["2024-02-01"], "data_fato": ["2024-01-15"]}
    assert guess_columns.columns([*both], lambda n: both[n])["occurred_at"] == "data_fato"
