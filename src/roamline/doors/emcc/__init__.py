"""The door between two clusters for log-ins across them: sealed questions over HTTPS. Our own design (RO-30, S-8)."""
