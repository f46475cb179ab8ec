"""What effects that filter do to sound besides filtering it, and what they cost."""
