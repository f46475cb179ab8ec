"""How long audio callbacks take, per buffer size, against their deadline."""
