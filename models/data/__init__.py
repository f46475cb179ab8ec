"""Notes to train on: reading, synthesising, splitting, rendering targets, cutting into frames."""
