"""The map, its layers and what a reader does on it."""
