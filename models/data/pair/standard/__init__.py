"""Standard recordings: what was played into the device is known, and says what is where.

    isolated clicks ─ NAM's input file, or our protocol ─ delay by the clicks ─ replicas, levels

A file is recognised by its content, never by its name.
"""
