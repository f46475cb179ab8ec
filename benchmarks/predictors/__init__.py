"""Predictors against raters' choices, and their descriptors against Essentia's."""
