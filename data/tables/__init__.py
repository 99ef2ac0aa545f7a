"""The table that screens read: made from batches in partitions, what changed and nothing else."""
