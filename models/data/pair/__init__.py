"""Dry/wet pairs: two recordings of one performance, checked and aligned for training.

    files ─ recording ─ levels, flat tops ─ timing ─ coherence ─ same sound ─ device type ─
    exchange ─ following ─ echo ─ pair

Each check is a module of its own and gives results; what cannot be corrected is a tonecast.Error.
"""
