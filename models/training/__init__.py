"""Training: what to train (config), how (loop), and what is kept of it (checkpoint)."""
