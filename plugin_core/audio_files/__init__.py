"""Audio files: reading, writing, and detecting truncation."""
