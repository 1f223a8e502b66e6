"""How quickly clusters tell each other, and what a first synchronisation costs: see README.md."""
