"""Standard recordings: what was played into the device is known, and says what is where.

    isolated clicks ─ our protocol, or NAM's input file ─ delay by the clicks ─ levels, repetition

A file is recognised by its content, never by its name.
"""
