"""Files that people drop on a page: taken in, tried, shown, imported; a place set up from them."""
