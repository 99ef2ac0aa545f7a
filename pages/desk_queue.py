"""Queue: how many tips wait, by channel; never which."""

from ui.desk.queue_page import show_queue_page

show_queue_page()
