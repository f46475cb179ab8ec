"""Captures: an effect learned from a dry and a wet recording of a device."""
