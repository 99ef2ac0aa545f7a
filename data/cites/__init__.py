"""Cites: the numbers of a page frozen under a name that is their hash, and what became of them."""
