"""Two recordings of one performance, dry and through a box: checked, aligned, ready to learn from.

    files ─ recording ─ levels ─ delay, polarity ─ drift ─ coherence ─ device type ─ pair

Each check is a module of its own and gives results; what cannot be mended is a tonecast.Error.
"""
