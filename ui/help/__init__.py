"""The address of the help page; nothing of a store is opened for it."""
