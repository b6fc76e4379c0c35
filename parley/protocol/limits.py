"""Bounds that both ends know, each with its unit and its reason.

Owns: limits that are part of the protocol. What an operator may choose is in `parley.settings`.
Never: enforcement; that is with whoever reads the input.
"""

# A frame from a client. The longest text, escaped by the most wasteful encoder, fits.
FRAME_BYTES = 64 * 1024
# The first frame: nobody has signed in yet, so nobody may cost more.
FIRST_FRAME_BYTES = 4 * 1024
# A message's text, in UTF-8.
TEXT_BYTES = 16 * 1024
# One emoji, in UTF-8: the longest that Unicode recommends have 35.
EMOJI_BYTES = 64
# A frame from a gateway: a page of history is cut to stay below it.
SERVER_FRAME_BYTES = 512 * 1024
# Entries in one page of history.
PAGE_ENTRIES = 200
# Messages in one `messages`, and in the list of a room's pins.
TARGETS = 100
# Rooms in one `resume`, and in one page of a listing.
RESUME_ROOMS = 200
PAGE_ROOMS = 200
# Rooms in one page of `overview`: each comes with its last entry.
PAGE_OVERVIEW = 100
# Unread messages of a room are counted up to this many: more need no exact number.
UNREAD_MOST = 1000
# People in a room who are told of each other's receipts.
RECEIPTS_PEOPLE = 256
# Minutes in a day.
DAY_MINUTES = 24 * 60
# People in one `people` command, and in one page of a listing.
PAGE_PEOPLE = 200
# People who enter a room with one `create_room` or `add_members`: one notice names them all.
ADD_PEOPLE = 100
# Characters in a user name, a display name, a room's name, a device's name, a password.
USER_NAME_CHARACTERS = 32
DISPLAY_NAME_CHARACTERS = 64
ROOM_NAME_CHARACTERS = 64
DEVICE_CHARACTERS = 64
PASSWORD_MIN_CHARACTERS = 8
PASSWORD_MAX_CHARACTERS = 256
# Characters in a room's topic and description, in what a person says about themselves.
TOPIC_CHARACTERS = 256
DESCRIPTION_CHARACTERS = 2048
ABOUT_CHARACTERS = 256
# Characters in what is searched for among names.
QUERY_CHARACTERS = 64
# Characters in what is searched for among messages, and messages in one page of what is found.
SEARCH_CHARACTERS = 256
PAGE_HITS = 50
# People whom one connection watches at a time; people in a room who are told who is typing.
WATCHED_PEOPLE = 100
TYPING_PEOPLE = 256
# JavaScript's largest exact integer: no number on the wire is above it.
INTEGER_MAX = 2**53 - 1
