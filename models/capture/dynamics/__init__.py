"""Dynamics from a pair: equations with twenty numbers, fitted in seconds."""
