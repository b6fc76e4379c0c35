"""Events on their way to the application."""

import pytest

from parley.client.errors import ChatClosed
from parley.client.events import DirectoryChanged, Overrun, StoredUpTo
from parley.client.mailbox import Mailbox, MailboxClosed


def mark(seq: int) -> StoredUpTo:
    return StoredUpTo("lobby", 1, seq)


async def test_events_are_taken_in_order() -> None:
    mailbox = Mailbox()
    mailbox.put(mark(1))
    mailbox.put(mark(2))

    assert [await mailbox.take(), await mailbox.take()] == [mark(1), mark(2)]


async def test_a_full_mailbox_says_how_much_was_dropped_and_goes_on() -> None:
    mailbox = Mailbox(limit=3)
    for seq in range(5):
        mailbox.put(mark(seq))

    assert await mailbox.take() == Overrun(3)
    assert [await mailbox.take(), await mailbox.take()] == [mark(3), mark(4)]


async def test_a_mailbox_that_overflows_twice_counts_everything() -> None:
    mailbox = Mailbox(limit=2)
    for seq in range(5):
        mailbox.put(mark(seq))

    assert await mailbox.take() == Overrun(4)


async def test_what_came_before_the_end_can_still_be_taken() -> None:
    mailbox = Mailbox()
    mailbox.put(DirectoryChanged())
    mailbox.close(None)

    assert await mailbox.take() == DirectoryChanged()
    with pytest.raises(MailboxClosed):
        await mailbox.take()


async def test_the_first_reason_for_the_end_stands() -> None:
    mailbox, first = Mailbox(), ChatClosed()
    mailbox.close(first)
    mailbox.close(None)

    with pytest.raises(MailboxClosed) as closed:
        await mailbox.take()
    assert closed.value.error is first
