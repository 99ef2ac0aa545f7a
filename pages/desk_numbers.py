"""Desk numbers: of 100 tips how many were confirmed, false, or could not be told."""

from ui.desk.numbers_page import show_numbers_page

show_numbers_page()
