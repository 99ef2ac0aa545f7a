"""False findings and power of each statistical method: a table of trials a module."""
