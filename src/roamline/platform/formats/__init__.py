"""Where we write dates and numbers otherwise than Django does, by language."""
