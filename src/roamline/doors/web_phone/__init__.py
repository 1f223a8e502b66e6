"""The web phone: a software phone's screen, keys and headsets in a browser (WP-1)."""
