"""How many raters a served listening study bears."""
