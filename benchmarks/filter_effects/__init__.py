"""What the shipped filter effects are worth: the tone matcher, and the feedback suppressor."""
