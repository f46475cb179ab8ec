"""An effect, its controls, and sound through it: whole arrays and streams of blocks."""
