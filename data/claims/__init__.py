"""Claims of offices against records: what was claimed, which View tests it, and the verdict."""
