"""Pages with numbers that a newsroom prints: response, harm, claims, official beside community."""
