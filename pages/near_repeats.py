"""Near repeats: records of one kind that follow each other at the same places."""

from ui.patterns.near_repeats_page import NearRepeatsPage
from ui.patterns.pattern_page import show_pattern_page

show_pattern_page(NearRepeatsPage)
