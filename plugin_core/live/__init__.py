"""Live sound from and to an audio device."""
