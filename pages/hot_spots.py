"""Hot spots: areas that are high or low, with their neighbors, beyond what chance explains."""

from ui.patterns.hot_spots_page import HotSpotsPage
from ui.patterns.pattern_page import show_pattern_page

show_pattern_page(HotSpotsPage)
