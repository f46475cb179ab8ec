"""The commands that train and export, for the command line of tonecast."""
