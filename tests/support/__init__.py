"""What the tests share: outside parts, a private PostgreSQL, whole sites, and the record of what is proved."""
