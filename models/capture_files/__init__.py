"""Captures by other programs: into effect files, and back."""
