"""Roamline: an open Extension Mobility system."""

__version__ = "0.1.0"
