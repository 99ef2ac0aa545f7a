"""Now: what is unusual in the newest days."""

from ui.patterns.now_page import NowPage
from ui.patterns.pattern_page import show_pattern_page

show_pattern_page(NowPage)
