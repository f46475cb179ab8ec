"""The ladder of models that are tried on a pair."""
