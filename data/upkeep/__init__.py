"""Work on a store that exists: purge, recover, say what is in it."""
