"""The layers that maps draw of a View: heat, hexagons, incidents, outlines."""
