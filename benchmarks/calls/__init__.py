"""What rights, calling search spaces and location look-ups cost per call, and how fast a log-in reaches the phone."""
