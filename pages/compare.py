"""One side by side with another: two periods, two sets of areas, or two sources."""

from ui.patterns.compare_page import ComparePage
from ui.patterns.pattern_page import show_pattern_page

show_pattern_page(ComparePage)
