"""Parley's rules as pure functions: plain values in, plain values out.

Owns: what a name, a password and a text may be.
Never: input, output, the clock.
"""
