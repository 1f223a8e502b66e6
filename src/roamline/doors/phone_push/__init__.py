"""Pushing to Cisco phones: what a phone is to do at once, posted to its own web server (wire: ``/CGI/Execute``)."""
