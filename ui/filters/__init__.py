"""The bar of filters: which records a page is about, and the way out where none is left."""
