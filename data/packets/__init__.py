"""Case packets: records, their history and evidence, sealed for one recipient."""
