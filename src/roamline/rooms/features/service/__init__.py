"""Telephone features: what users switch, ask for and cancel."""
