"""The papers' equalizers on all kinds of sound, and what limits them."""
