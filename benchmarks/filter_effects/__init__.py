"""What filter effects do to sound besides filtering it, what they are worth and what they cost."""
