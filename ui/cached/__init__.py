"""Answers kept between reruns: the only door of pages to the store."""
