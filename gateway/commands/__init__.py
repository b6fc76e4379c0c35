"""What each command does, for somebody who is known.

Owns: the checks and the steps of every command but `send` and `resume`, which live with the
connection (`gateway.sending`, `gateway.connection`).
Never: a socket. A command either has its whole effect or raises a refusal and has none.

    dispatch  which command is whose     tools    ids, codes, and telling a room what has changed
    reading   a room's log               rooms    making, entering, describing, leaving
    members   who is in a room           people   others, and what they see of oneself
    sessions  one's devices              account  password, second factor, the end
    marks     what was read, by whom     personal drafts, stars, settings
    searching what was said          signals  who is typing
"""

from gateway.commands.dispatch import Commands

__all__ = ["Commands"]
