"""Speed: callbacks, engine, plugin, training."""
