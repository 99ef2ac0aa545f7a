"""Trend: the weekly series, what was to be expected, and its breaks."""

from ui.patterns.pattern_page import show_pattern_page
from ui.patterns.trend_page import TrendPage

show_pattern_page(TrendPage)
