"""The recording protocol: what to play into a device so that a capture of it comes out well.

    clicks ─ silence ─ tone steps ─ sweeps ─ noise ─ playing ─ validation ─ test ─ clicks

`layout` says what is when, for whoever makes the recording or recognises it; the others make it.
"""
