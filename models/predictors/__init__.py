"""Predictors: the attenuation factor of the resonance equalizer from the last half second."""
