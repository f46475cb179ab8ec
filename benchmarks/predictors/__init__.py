"""How well predictors follow what listeners choose, and their descriptors against Essentia's."""
