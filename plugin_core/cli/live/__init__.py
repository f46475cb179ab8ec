"""`tonecast live` and `tonecast devices`: the commands, what they show and what ends them."""
