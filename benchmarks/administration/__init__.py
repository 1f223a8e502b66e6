"""How long administration pages take on a large site."""
