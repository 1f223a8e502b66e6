"""Headset screens on Cisco phones: Cisco XML at ``/headset``, opened by the user or pushed (our own design)."""
