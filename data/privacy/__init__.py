"""What is measured of events, with chance added to every number, and the budget that it spends."""
