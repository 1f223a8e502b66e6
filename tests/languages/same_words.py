"""Words that stay in Latin letters in every language, by why they do."""

from __future__ import annotations

NAMES = """
Roamline English Cisco CallManager Extension Mobility Cross Cluster Application IP Phone Services Intercluster Lookup
Service Tftp Systems Apache License Europe Berlin Asia Shanghai Korean Korea Republic CP- Audio Video BEKEM CP
StandAloneCluster Kamailio baresip Chrome USB HID
"""
ABBREVIATIONS = """
ID PIN URL SIP API AXL HTTP HTTPS TLS TCP UDP CSV XLSX MiB MB kB DN UID SP BLF ILS IPv EM EMCC CSS DND MM HHH HH XXXX xx
A-Z a-z esc EMApp REST RTP UTC IP OPTIONS PEM JSON XML RSVP
"""
AS_TYPED = """
True False HOST loginType XMLDefault cnf xml Desktops emapp EMAppServlet device DEVICENAME http https OR AND yes no
README
node ko zh-hans en SEP headset
"""
SAME_WORD = frozenset(f"{NAMES} {ABBREVIATIONS} {AS_TYPED}".split())
