"""People who may come in, and their roles."""
