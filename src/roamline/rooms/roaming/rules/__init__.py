"""What the roaming room decides; pure."""
