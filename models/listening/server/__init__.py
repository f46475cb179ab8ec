"""The web server of a listening study: its page, its sounds, and where answers go."""
