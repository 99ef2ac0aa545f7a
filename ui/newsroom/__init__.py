"""Pages that a newsroom reads: how local police responded, and what force and harm was recorded."""
