"""MUSHRA-like tests of effects against what they imitate: how good does each of them sound."""
