"""Pages that a newsroom reads: response, force and harm, claims, official beside community."""
