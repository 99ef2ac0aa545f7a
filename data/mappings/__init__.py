"""The mapping of a file: which column says what, and by what rules it is read."""
