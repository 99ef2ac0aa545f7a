"""The tips of a desk by their events: the log, its events, and the one fold of them."""
