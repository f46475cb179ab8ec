"""A folder to begin an effect of one's own with; `my-effect` is what it is made of."""
