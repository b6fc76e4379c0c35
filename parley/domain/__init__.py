"""Parley's rules as pure functions: plain values in, plain values out.

Owns: what a name, a password and a text may be; who may do what in a room; codes and avatars.
Never: input, output, the clock.
"""
