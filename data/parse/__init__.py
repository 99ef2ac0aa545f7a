"""Text to time: formats, the order of dates, time zones."""
