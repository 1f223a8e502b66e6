"""The EM API: applications log users in and out and ask who is where, by XML over HTTP (API-1)."""
