"""A device with knobs: one model of recordings at several of their settings."""
