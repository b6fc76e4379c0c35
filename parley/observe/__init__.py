"""What a running service shows of itself: log lines, metrics, health.

Owns: their form, the same in every service.
Never: a decision. Nothing in Parley depends on what is observed here.
"""
