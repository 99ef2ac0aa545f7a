"""The store: its files, its ledger, and the table that Views ask."""
