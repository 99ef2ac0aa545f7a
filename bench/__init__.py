"""Claims of speed: one module a claim, each runs us and the peer in one call."""
