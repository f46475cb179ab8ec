"""Blind tests of effects against what they imitate: is a difference heard."""
