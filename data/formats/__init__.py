"""Formats of files with a table in them, beside CSV: what opens them, and their rows."""
