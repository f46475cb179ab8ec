"""Captures by other programs: beside their own player, and aliasing."""
