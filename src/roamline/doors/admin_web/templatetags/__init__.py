"""Template filters of the administration."""
