"""PyTorch models behind the effects: architectures, reference framing, training, releases.

Nothing is imported here, so that `import tonecast.models` works where PyTorch is not installed.
"""
