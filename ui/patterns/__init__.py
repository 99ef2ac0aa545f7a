"""The pages of patterns."""
