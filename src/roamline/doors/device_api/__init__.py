"""The device API: how software phones and desk agents learn what to be, and report what happens (our own design)."""
