"""Feeds: records that a server gives, fetched by its protocol and imported like any file."""
