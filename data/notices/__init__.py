"""What the public is told of corrections: a page and a feed beside the releases."""
