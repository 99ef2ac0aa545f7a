"""Help: whom to call in a place, what the law says, as a table of the place and as one page."""
