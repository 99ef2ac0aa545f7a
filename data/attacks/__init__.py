"""The attacks that a public release must survive: one row each."""
