"""Template filters of self-care."""
