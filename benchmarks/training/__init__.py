"""Training of causal networks: our kernels beside PyTorch and beside NAM's trainer."""
