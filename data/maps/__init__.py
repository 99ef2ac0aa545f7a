"""What maps draw of a View: heat, hexagons, incidents, outlines."""
