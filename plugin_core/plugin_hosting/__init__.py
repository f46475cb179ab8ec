"""The plugin in pedalboard's host: where it is, and its state."""
