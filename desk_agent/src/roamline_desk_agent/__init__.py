"""A desk phone made of baresip: it follows its device's configuration on a Roamline server."""

__version__ = "0.1.0"
