"""Corrections: what was corrected, updated or retracted, and where an editor proposes it."""

from ui.explore import corrections_page
from ui.frame import frame

view = frame.view()
frame.head("Corrections")
corrections_page.show_summary()
corrections_page.show_waiting()
corrections_page.show_list()
corrections_page.show_desk()
corrections_page.show_proposal()
frame.foot(view)
