"""The View and the numbers it asks for."""
