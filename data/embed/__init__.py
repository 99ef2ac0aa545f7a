"""The embed: static files that show a release on anybody's page."""
