"""The published release as readers see it."""
