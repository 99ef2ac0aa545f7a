"""Pictures of numbers that stand alone: a chart or a map with its title, unit, source and stamp."""
