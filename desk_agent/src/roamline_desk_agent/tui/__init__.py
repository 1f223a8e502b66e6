"""The phone in a terminal window; needs the extra `tui` (Textual)."""
