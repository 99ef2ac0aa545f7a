"""The Map page: its panel of words and ranks, the strip of time, the greeting."""
