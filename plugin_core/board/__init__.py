"""Chains of effects and pedalboard's plugins, aligned in time."""
