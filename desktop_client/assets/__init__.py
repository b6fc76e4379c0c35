"""Fonts, icons and emoji pictures: built once from hash-locked packages, and found at the start.

Owns: where they are kept, how they are built, and what stands in when some are missing.
Never: the code of the packages that carry them: those are data.
"""
