"""JSON of any size cut into its records, without ever holding the whole of it."""
