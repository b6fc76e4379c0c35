"""The terminal client: `parley chat`, for a person at a terminal or for a pipe.

Owns: the terminal. Everything else is the SDK's (`parley.client`).
Never: the protocol, and any other client.

    command   the command line             app        which way to talk, and how it ends
    asking    user names and passwords     profiles   sessions of earlier times
    screen    a person at a terminal       pipe       lines in, lines out
    slash     what commands there are      doing_...  what they do, by subject
    lines     what is printed              cleaning   making others' text harmless
"""
