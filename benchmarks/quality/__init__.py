"""How good effects sound: against their targets, on real recordings."""
