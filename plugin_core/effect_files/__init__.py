"""Effect files: where they are, what their contracts promise, and their loaded models."""
