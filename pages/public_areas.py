"""The public areas: the map and the whole table, by name."""

from ui.public import public_frame, public_map, public_tables

found = public_frame.read_choice()
public_frame.head(public_frame.public_title(found))
public_frame.show_sentences(found)
public_map.show_public_map(found, "map_areas")
rows = public_tables.by_name(found)
public_tables.show_area_table(
    rows.drop(columns=["period", "area"]),
    found.choice,
    min(30 * (len(rows) + 1) + 12, 640),
    "areas_table",
)
public_tables.take(found, rows, found.path, "areas")
public_frame.public_foot(found, (found.path,))
