"""What stands around every page: filters, the View's sentence, method, downloads."""
