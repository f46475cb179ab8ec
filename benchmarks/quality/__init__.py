"""Sound quality of effects: against their targets, on real recordings."""
