"""Own PyTorch modules as live effects: what streams, how exactly, and at which cost."""
