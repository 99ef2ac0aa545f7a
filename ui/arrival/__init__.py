"""What a link asks for: the filters, the words of pages, the View."""
