"""What two clusters say to each other about one log-in across clusters: sealed questions and answers (RO-30, S-8).

Our own design: what Cisco's clusters send each other is not public. See docs/wire/emcc.md.
"""
