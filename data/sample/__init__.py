"""The place that comes with Porchlight."""
