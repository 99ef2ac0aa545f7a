"""Keeping: what the desk holds, for how long, and the hold that stops removal."""

from ui.desk.keeping_page import show_keeping_page

show_keeping_page()
