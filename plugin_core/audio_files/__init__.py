"""Audio files: reading, writing, detecting truncation, and playing them through effects."""
