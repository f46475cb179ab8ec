"""Plots of sound: spectrograms before and after, and the values of an automatic control."""
