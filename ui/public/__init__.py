"""The public dashboard: the published release and nothing else."""
