"""The demo site: what a newcomer meets first, and what the docs' examples use."""
