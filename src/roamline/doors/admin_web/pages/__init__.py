"""The pages of the administration, a module per part of the navigation."""
