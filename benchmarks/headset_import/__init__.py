"""How long an import of many associations takes, how much memory it needs, and how log-ins fare meanwhile."""
