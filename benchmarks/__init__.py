"""Measurements of Roamline: each folder is one, with a README that says what and how."""
