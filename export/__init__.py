"""From PyTorch to effect files.

Nothing is imported here, so that `import tonecast.export` works where PyTorch is not installed.
"""
