"""Places whose official feeds are known: cities set up in one command, tables others list."""
