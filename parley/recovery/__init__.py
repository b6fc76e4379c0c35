"""What puts Redis right again from the database.

Owns: taking a new generation after a loss, and seeding a room on first use.
Never: a client, and anything that a healthy append does not need.
"""
