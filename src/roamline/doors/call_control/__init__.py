"""Kamailio: the views it reads, how it is started, what it is told and what it reports (EM-40 to EM-43)."""
