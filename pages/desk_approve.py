"""Approve: what two reviewers agreed on becomes a record, or goes back."""

from ui.desk.approve_page import show_approve_page

show_approve_page()
