"""A listening study: what is heard in it, made once from a small TOML file."""
