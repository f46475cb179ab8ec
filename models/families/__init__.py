"""Model families: each one an architecture that can be trained, exported and played."""
