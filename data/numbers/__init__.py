"""The numbers of each page that answers a View, to be cited, drawn, taken away and counted again."""
