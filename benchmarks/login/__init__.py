"""How many log-ins a node does, beside what its machine could do at most: see README.md."""
