"""Grade: one tip at a time, dealt to you."""

from ui.desk.grade_page import show_grade_page

show_grade_page()
