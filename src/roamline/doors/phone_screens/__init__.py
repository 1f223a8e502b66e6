"""What phones show: the Extension Mobility application that runs on a phone's Services key."""
