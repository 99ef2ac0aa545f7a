"""The pages of areas, time and methods."""
