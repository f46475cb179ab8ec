"""An automatic tone matcher: a network that guesses a track's spectrum from what it has heard."""
