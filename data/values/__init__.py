"""Cells to the values of a record: when, where, what."""
