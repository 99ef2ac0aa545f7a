"""Bytes to rows: text files and CSV with the line of every row, and CSV written safely."""
