"""Emerging hot spots: how hot and cold areas came and went."""

from ui.patterns.emerging_page import EmergingPage
from ui.patterns.pattern_page import show_pattern_page

show_pattern_page(EmergingPage)
