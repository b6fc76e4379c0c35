"""What is begun to be written: on this device, on others, and which of them was last."""

import asyncio
import stat
from dataclasses import replace
from pathlib import Path

from desktop_client.network.draft_file import FILE_NAME, DraftFile
from desktop_client.network.drafts import DraftKeeper, Drafts
from desktop_client.state.model import Mode, State
from desktop_client.state.talk import Talk
from desktop_client.update import effects, events, update
from desktop_client.update.effects import SaveDraft
from parley.client import Draft, DraftSaved, ParleyError, Target
from tests.desktop_client.parts import LOBBY, NOON, PLANS, said, signed_in

OTHER = Target("bob00", "01939c5e-8b1a-7c3d-9e2f-0a1b2c3d4e5f")


def begun(text: str, version: int = 1, *, room: str = PLANS.id, of: Target | None = None) -> Draft:
    """What the server keeps of a room."""
    return Draft(room, text, of, version, NOON)


def two_rooms() -> State:
    """Ann is in two rooms; the lobby is open."""
    return signed_in(talks={LOBBY.id: Talk(LOBBY), PLANS.id: Talk(PLANS)})


# --- in the window -------------------------------------------------------------------------


def test_what_is_typed_is_kept_for_other_devices() -> None:
    _, done = update(two_rooms(), events.Typed("hel"))

    assert done == [effects.TellTyping(LOBBY.id), SaveDraft(LOBBY.id, "hel")]


def test_a_draft_that_was_emptied_is_forgotten_and_nobody_is_told_of_typing() -> None:
    _, done = update(two_rooms(), events.Typed(""))

    assert done == [SaveDraft(LOBBY.id, "")]


def test_an_answer_that_is_begun_names_what_it_answers() -> None:
    state = replace(two_rooms(), modes={LOBBY.id: Mode(OTHER)})

    _, done = update(state, events.Typed("yes"))

    assert SaveDraft(LOBBY.id, "yes", OTHER) in done


def test_other_words_for_a_message_are_no_draft() -> None:
    state = replace(two_rooms(), modes={LOBBY.id: Mode(OTHER, is_edit=True)})

    _, done = update(state, events.Typed("other words"))

    assert not any(isinstance(effect, SaveDraft) for effect in done)


def test_what_was_sent_is_begun_no_more() -> None:
    _, done = update(two_rooms(), events.PressedSend("hello"))

    assert SaveDraft(LOBBY.id, "") in done


def test_what_stands_in_a_room_that_is_left_is_kept_here_and_elsewhere() -> None:
    state, done = update(two_rooms(), events.OpenedRoom(PLANS.id, "half"))

    assert state.drafts == {LOBBY.id: "half"}
    assert SaveDraft(LOBBY.id, "half") in done


def test_what_was_begun_on_another_device_is_found_in_its_room() -> None:
    told = DraftSaved(begun("on the phone", of=OTHER))

    state, _ = update(two_rooms(), events.Happened(told, NOON))

    assert state.drafts == {PLANS.id: "on the phone"}
    assert state.modes == {PLANS.id: Mode(OTHER)}


def test_what_another_device_has_sent_is_begun_no_more() -> None:
    state = replace(two_rooms(), drafts={PLANS.id: "on the phone"}, modes={PLANS.id: Mode(OTHER)})

    state, _ = update(state, events.GotDrafts((begun("", 2),)))

    assert (state.drafts, state.modes) == ({}, {})


def test_another_device_does_not_change_what_is_answered_in_the_open_room() -> None:
    state = replace(two_rooms(), modes={LOBBY.id: Mode(said(1).target)})

    state, _ = update(state, events.GotDrafts((begun("theirs", room=LOBBY.id, of=OTHER),)))

    assert state.modes == {LOBBY.id: Mode(said(1).target)}


def test_who_forwards_a_message_keeps_what_was_begun() -> None:
    talk = Talk(LOBBY, (said(1),), first=1)
    state = signed_in(talks={LOBBY.id: talk, PLANS.id: Talk(PLANS)})
    state, _ = update(state, events.PressedForward(said(1).target))

    state, _ = update(state, events.ChoseForward(PLANS.id, "half"))

    assert (state.opened, state.drafts) == (PLANS.id, {LOBBY.id: "half"})


# --- which device was last -----------------------------------------------------------------


def test_a_draft_is_saved_with_the_version_that_it_changes() -> None:
    drafts = Drafts()
    assert drafts.is_news(begun("theirs", 7))

    drafts.want(SaveDraft(PLANS.id, "mine"))

    assert drafts.next(PLANS.id) == (SaveDraft(PLANS.id, "mine"), 7)


def test_what_is_kept_already_is_not_saved_again() -> None:
    drafts = Drafts()
    drafts.is_news(begun("mine"))

    drafts.want(SaveDraft(PLANS.id, "mine"))

    assert drafts.next(PLANS.id) is None


def test_nothing_is_saved_where_nothing_was_begun() -> None:
    drafts = Drafts()

    drafts.want(SaveDraft(PLANS.id, ""))

    assert drafts.next(PLANS.id) is None


def test_ones_own_draft_that_comes_back_is_no_news() -> None:
    drafts = Drafts()
    drafts.want(SaveDraft(PLANS.id, "mine"))
    drafts.next(PLANS.id)

    assert not drafts.is_news(begun("mine"))
    drafts.saved(PLANS.id, begun("mine"))
    assert not drafts.is_news(begun("mine"))


def test_an_older_draft_that_comes_late_is_no_news() -> None:
    drafts = Drafts()
    drafts.is_news(begun("second", 2))

    assert not drafts.is_news(begun("first", 1))


def test_the_draft_of_another_device_that_was_quicker_stays_and_is_told() -> None:
    drafts = Drafts()
    drafts.want(SaveDraft(PLANS.id, "mine"))
    drafts.next(PLANS.id)

    assert drafts.saved(PLANS.id, begun("theirs", 3)) == begun("theirs", 3)


def test_where_only_a_version_was_kept_the_draft_is_saved_with_it() -> None:
    drafts = Drafts()
    drafts.want(SaveDraft(PLANS.id, "mine"))
    drafts.next(PLANS.id)

    assert drafts.saved(PLANS.id, begun("", 9)) is None
    assert drafts.next(PLANS.id) == (SaveDraft(PLANS.id, "mine"), 9)


def test_what_is_compared_is_the_text_as_the_server_keeps_it() -> None:
    drafts = Drafts()
    drafts.is_news(begun(""))

    drafts.want(SaveDraft(PLANS.id, "   \n"))

    assert drafts.next(PLANS.id) is None


def test_a_draft_that_is_too_long_to_be_sent_stays_here() -> None:
    drafts = Drafts()

    drafts.want(SaveDraft(PLANS.id, "x" * 20_000))

    assert drafts.next(PLANS.id) is None


# --- in pauses -----------------------------------------------------------------------------


class Server:
    """Keeps one draft for each room as a real one does."""

    def __init__(self) -> None:
        self.kept: dict[str, Draft] = {}
        self.asked: list[str] = []
        self.is_away = False
        self.is_asked = asyncio.Event()

    async def save(self, save: SaveDraft, version: int) -> Draft:
        self.is_asked.set()
        await asyncio.sleep(0)
        if self.is_away:
            raise ParleyError("not now")
        self.asked.append(save.text)
        before = self.kept.get(save.room)
        if before is None or before.version == version:
            self.kept[save.room] = Draft(save.room, save.text, save.reply_to, version + 1, NOON)
        return self.kept[save.room]


async def test_only_the_last_of_what_was_typed_without_a_pause_is_saved() -> None:
    server = Server()
    keeper = DraftKeeper(server.save, lambda _: None, pause=0)

    for text in ("h", "he", "hello"):
        keeper.want(SaveDraft(PLANS.id, text))
    await keeper.settled()

    assert server.asked == ["hello"]


async def test_what_is_typed_while_a_draft_is_saved_follows_it() -> None:
    server = Server()
    keeper = DraftKeeper(server.save, lambda _: None, pause=0)
    keeper.want(SaveDraft(PLANS.id, "first"))
    await server.is_asked.wait()

    keeper.want(SaveDraft(PLANS.id, "second"))
    await keeper.settled()

    assert server.kept[PLANS.id] == begun("second", 2)


async def test_the_draft_of_another_device_is_told() -> None:
    server, told = Server(), list[Draft]()
    server.kept[PLANS.id] = begun("theirs", 4)
    keeper = DraftKeeper(server.save, told.append, pause=0)

    keeper.want(SaveDraft(PLANS.id, "mine"))
    await keeper.settled()

    assert told == [begun("theirs", 4)]


async def test_a_draft_that_could_not_be_saved_does_not_hinder_the_next() -> None:
    server = Server()
    server.is_away = True
    keeper = DraftKeeper(server.save, lambda _: None, pause=0)
    keeper.want(SaveDraft(PLANS.id, "first"))
    await keeper.settled()

    server.is_away = False
    keeper.want(SaveDraft(PLANS.id, "second"))
    await keeper.settled()

    assert server.asked == ["second"]


# --- over the end of the program -----------------------------------------------------------


ANSWER = SaveDraft(PLANS.id, "half", OTHER)


async def closed_early(folder: Path, save: SaveDraft, kept: Draft | None = None) -> None:
    """A start that ends before the pause in which it would have saved a draft."""
    keeper = DraftKeeper(Server().save, lambda _: None, file=DraftFile(folder, "ann00"))
    if kept is not None:
        keeper.drafts.is_news(kept)
    keeper.want(save)
    await keeper.close()


def next_start(folder: Path, server: Server, person: str = "ann00") -> DraftKeeper:
    return DraftKeeper(server.save, lambda _: None, pause=0, file=DraftFile(folder, person))


async def test_what_was_typed_last_before_the_end_is_there_at_the_next_start(
    tmp_path: Path,
) -> None:
    await closed_early(tmp_path, ANSWER)

    keeper = next_start(tmp_path, Server())

    assert [(draft.text, draft.reply_to) for draft in keeper.recall()] == [("half", OTHER)]
    await keeper.close()


async def test_what_was_typed_last_before_the_end_is_told_to_the_server_at_the_next_start(
    tmp_path: Path,
) -> None:
    server = Server()
    server.kept[PLANS.id] = begun("earlier", 3)
    await closed_early(tmp_path, ANSWER, begun("earlier", 3))

    keeper = next_start(tmp_path, server)
    keeper.recall()
    await keeper.settled()

    assert server.kept[PLANS.id] == begun("half", 4, of=OTHER)


async def test_a_draft_that_was_emptied_last_is_forgotten_by_the_server_too(
    tmp_path: Path,
) -> None:
    server = Server()
    server.kept[PLANS.id] = begun("earlier", 3)
    await closed_early(tmp_path, SaveDraft(PLANS.id, ""), begun("earlier", 3))

    keeper = next_start(tmp_path, server)
    keeper.recall()
    await keeper.settled()

    assert server.kept[PLANS.id].text == ""


async def test_what_the_server_still_has_from_before_does_not_replace_what_was_typed_last(
    tmp_path: Path,
) -> None:
    await closed_early(tmp_path, ANSWER, begun("earlier", 3))
    keeper = next_start(tmp_path, Server())
    keeper.recall()

    assert not keeper.drafts.is_news(begun("earlier", 3))
    await keeper.close()


async def test_a_draft_of_another_device_that_was_written_since_counts_as_later(
    tmp_path: Path,
) -> None:
    await closed_early(tmp_path, ANSWER, begun("earlier", 3))
    keeper = next_start(tmp_path, Server())
    keeper.recall()

    assert keeper.drafts.is_news(begun("theirs", 4))
    await keeper.close()


async def test_a_draft_that_waits_for_its_answer_is_kept_on_disk(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def never(save: SaveDraft, version: int) -> Draft:
        asked.set()
        return await asyncio.Future[Draft]()

    keeper = DraftKeeper(never, lambda _: None, pause=0, file=DraftFile(tmp_path, "ann00"))
    keeper.want(ANSWER)
    await asked.wait()

    assert [each.save for each in DraftFile(tmp_path, "ann00").load()] == [ANSWER]
    await keeper.close()


async def test_nothing_is_kept_on_disk_of_what_the_server_has(tmp_path: Path) -> None:
    keeper = next_start(tmp_path, Server())
    keeper.want(ANSWER)
    await keeper.settled()

    assert list(tmp_path.iterdir()) == []


async def test_signing_out_forgets_what_was_begun(tmp_path: Path) -> None:
    await closed_early(tmp_path, ANSWER)
    keeper = next_start(tmp_path, Server())
    keeper.recall()

    keeper.forget()
    await keeper.close()

    assert list(tmp_path.iterdir()) == []


async def test_nobody_finds_what_another_has_begun(tmp_path: Path) -> None:
    await closed_early(tmp_path, ANSWER)

    assert next_start(tmp_path, Server(), "bob00").recall() == ()


async def test_a_file_of_drafts_that_is_damaged_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"{")

    assert next_start(tmp_path, Server()).recall() == ()


async def test_only_its_owner_may_read_what_was_begun(tmp_path: Path) -> None:
    await closed_early(tmp_path, ANSWER)

    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
