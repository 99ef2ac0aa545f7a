"""The public release: its policy, its numbers, its files."""
