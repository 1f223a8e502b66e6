"""ILS: links between clusters over TLS (port 7501)."""
