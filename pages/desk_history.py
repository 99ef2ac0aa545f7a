"""History: all that was done to one tip, and how to correct or take it back."""

from ui.desk.history_page import show_history_page

show_history_page()
