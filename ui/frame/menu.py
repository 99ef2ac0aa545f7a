"""The pages, in the order and groups of the menu, and what they put into a link."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from data import settings

PATTERNS = "Patterns"

# file, title, address (the name of the file: Streamlit knows it before this table), group
PAGES = (
    ("pages/map.py", "Map", "", ""),
    ("pages/areas.py", "Areas", "areas", ""),
    ("pages/area.py", "Area", "area", ""),
    ("pages/time.py", "Time", "time", ""),
    ("pages/records.py", "Records", "records", ""),
    ("pages/now.py", "Now", "now", PATTERNS),
    ("pages/hot_spots.py", "Hot spots", "hot_spots", PATTERNS),
    ("pages/emerging.py", "Emerging", "emerging", PATTERNS),
    ("pages/trend.py", "Trend", "trend", PATTERNS),
    ("pages/compare.py", "Compare", "compare", PATTERNS),
    ("pages/episodes.py", "Episodes", "episodes", PATTERNS),
    ("pages/near_repeats.py", "Near repeats", "near_repeats", PATTERNS),
    ("pages/methods.py", "Data and methods", "methods", ""),
)

# the pages of the public, who see the released folder only
PUBLIC_PAGES = (
    ("pages/public_map.py", "Map", "", ""),
    ("pages/public_areas.py", "Areas", "areas", ""),
    ("pages/public_time.py", "Time", "time", ""),
    ("pages/public_methods.py", "Methods", "methods", ""),
)
TABLES = {"team": PAGES, "public": PUBLIC_PAGES}

EMBED = ("embed", "embed_options")  # Streamlit's own
# words that the public dashboard puts into a link
PUBLIC_WORDS = ("source", "by", "kind", "period", "area", "release", "at")


def navigation() -> StreamlitPage:
    """The menu of those whom this dashboard serves; what comes back is the page asked for."""
    groups: dict[str, list[StreamlitPage]] = {}
    for file, title, path, group in TABLES[settings.read_audience()]:
        page = st.Page(file, title=title, url_path=path or None, default=not path)
        groups.setdefault(group, []).append(page)
    return st.navigation(groups, position="top")
