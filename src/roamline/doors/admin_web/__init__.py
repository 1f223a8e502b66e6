"""The administration pages. Contact with the skin (django-unfold) stays inside this door."""
