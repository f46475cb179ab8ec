"""The plugin in pedalboard's host: its path and its state."""
