"""Corrections, updates and retractions of official and press records, and what they do to `current`."""
