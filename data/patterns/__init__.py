"""Findings of a View: hot spots, rises, near repeats, episodes, trends, comparisons."""
