"""Headset Services as pure decisions: what a phone shows when a headset comes or goes, and who may sign in by one."""
