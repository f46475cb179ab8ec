"""Measurements of speed and sound quality; `report` runs them all and writes RESULTS.md."""
