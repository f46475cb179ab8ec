"""Listening experiments: the attenuation that people, or simulated raters, choose on tracks."""
