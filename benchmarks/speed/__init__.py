"""What playing costs: callbacks, engine, plugin, training."""
