"""The resonance equalizer in two forms, without learned weights: in frames, and as a filter."""
