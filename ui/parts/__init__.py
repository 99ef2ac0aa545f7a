"""Parts that several pages draw: charts, tables, the headline."""
