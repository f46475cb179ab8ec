"""Listening experiments: how much attenuation people, or simulated people, choose on tracks."""
