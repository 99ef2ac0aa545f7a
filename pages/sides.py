"""Official and community records side by side, by area and month."""

from ui.newsroom.sides_page import SidesPage
from ui.patterns.pattern_page import show_pattern_page

show_pattern_page(SidesPage)
