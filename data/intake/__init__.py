"""The import of a CSV file, step by step: read, guess, map, time, place, judge, write."""
