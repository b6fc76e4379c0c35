"""Notices on their way from the database to the log.

Owns: the form in which a change that the database has made is told to its room.
Never: the change itself, and when it is told.
"""

from parley.protocol.entry import content_digest, encode_body
from parley.store.records import NoticeRow
from parley.stream.log import Draft


def notice_draft(notice: NoticeRow) -> Draft:
    """Return the entry that tells of a change; told twice, it is one entry all the same."""
    return Draft(
        author=notice.author_id,
        cmid=notice.id,
        authority=notice.authority,
        counts=False,
        fact=True,
        digest=content_digest(notice.content),
        body=encode_body(notice.author_id, notice.id, notice.content),
    )
