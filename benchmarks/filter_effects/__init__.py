"""What the shipped filter effects are worth."""
