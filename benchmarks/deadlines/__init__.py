"""What happens when very many timers are due at once, and a node dies half way."""
