"""Episodes: records that look like one event."""

from ui.patterns.episodes_page import EpisodesPage
from ui.patterns.pattern_page import show_pattern_page

show_pattern_page(EpisodesPage)
