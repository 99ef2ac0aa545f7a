"""Area sets: polygons read from files or learned from records, their names and residents."""
