"""`tonecast listen`: listening experiments, from recordings to what people chose."""
