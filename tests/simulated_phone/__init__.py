"""A simulated Cisco 78xx or 88xx desk phone, for tests: it fetches, checks, registers, restarts, calls, opens services.

It is written from the collected wire facts alone and shares no code with the product, so that the two can disagree.
Whatever is known of real phones from their source code, documentation or traces, it insists on: a file or message
that a phone would refuse, it refuses, and says why. Where the sources contradict each other, or nothing is known, a
switch of ``Conflicts`` chooses the behaviour, and the suite runs with each of them both ways.

By hand: ``python -m tests.simulated_phone SEP0011AA220001 --files 6970 --tftp 6969``.
"""
