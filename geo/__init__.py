"""Compute: pure functions, frames and arrays in, new ones out."""
