"""The import: a plan, rows kept or rejected, a batch, a report."""
