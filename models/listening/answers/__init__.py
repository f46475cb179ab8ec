"""Answers of a study: who takes part, what each hears when, and what was chosen."""
