"""What works on this machine, and what mends the rest: the checks of `tonecast doctor`.

Nothing here is imported with the package, and no check needs what another one looks at: an engine,
an ONNX Runtime or a PortAudio that is missing or broken is what they are for.
"""
