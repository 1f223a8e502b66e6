"""Self-care: what users do for themselves in a browser (SC-1)."""
