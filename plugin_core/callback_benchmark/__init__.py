"""Duration of audio callbacks, per block size, against their deadline."""
