"""Dry/wet pairs: two recordings of one performance, checked and aligned for training.

    files ─ recording ─ levels ─ delay, polarity ─ drift ─ coherence ─ device type ─ pair

Each check is a module of its own and gives results; what cannot be corrected is a tonecast.Error.
"""
