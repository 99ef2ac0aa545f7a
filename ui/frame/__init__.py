"""The frame of every page: filters, the View's sentence, method, downloads."""
