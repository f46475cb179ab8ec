"""Audio files: reading, writing, finding those cut short, and playing them through effects."""
