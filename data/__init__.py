"""Read and write: settings, sources, import, the store and the Views it answers."""
