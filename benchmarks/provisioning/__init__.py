"""How fast phones get their files, against nginx and tftpd-hpa; see README.md."""
