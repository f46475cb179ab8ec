"""Holds feedback down on stage: a microphone about to ring is cut where it begins to."""
