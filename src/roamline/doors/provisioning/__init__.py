"""Phones' configuration files, over HTTP (6970) and TFTP: what a phone fetches when it starts or restarts.

``answering`` decides what a fetch is answered with, the same bytes whichever way the phone asks; ``http`` and ``tftp``
carry the answer. Device files are rendered from the effective configuration (``device_files``) and kept while the
facts they were made of stand unchanged (``rendered``, ``freshness``).
"""
