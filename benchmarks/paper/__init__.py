"""The papers' figures, for the effects that ship."""
