"""The resonance equalizer: a frame model without learned weights."""
