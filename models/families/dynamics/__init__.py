"""Compressors, limiters and expanders: a filter, and a gain that follows the level."""
