"""Guesses of what each column of a file holds."""
