"""`docs/protocol.md` shows every message as it is on the wire, and nothing else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

import msgspec
import pytest

from parley.protocol import codec, limits
from parley.protocol.commands import AnyCommand, Command, MessageStatus
from parley.protocol.content import Content, Notice, Stone
from parley.protocol.entry import decode_content, encode_content
from parley.protocol.events import Ok, ServerMessage
from parley.protocol.refusals import REFUSALS, CloseCode

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
COMMANDS: tuple[type[Command], ...] = get_args(AnyCommand)
SERVER_MESSAGES: tuple[type[Any], ...] = get_args(ServerMessage)
CONTENTS: tuple[type[Any], ...] = get_args(Content)


class Section(NamedTuple):
    """A third-level heading of the page, and what stands under it."""

    title: str
    text: str

    @property
    def examples(self) -> list[str]:
        return re.findall(r"^```json\n(.*?)\n```", self.text, re.DOTALL | re.MULTILINE)


def sections() -> Iterator[Section]:
    for part in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        yield Section(title, re.split(r"^## ", text, flags=re.MULTILINE)[0])


SECTIONS = {section.title: section for section in sections()}


def tag(message: type[Any]) -> str:
    return str(message.__struct_config__.tag)


def examples_of(message: type[Any], prefix: str = "") -> list[str]:
    return SECTIONS[f"{prefix}`{tag(message)}`"].examples


def table(header: str) -> list[tuple[str, ...]]:
    """Return the rows of the table that has this header."""
    (body,) = re.findall(rf"^{re.escape(header)}\n\|[ |-]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return [
        tuple(cell.strip().strip("`") for cell in line[1:-1].split("|"))
        for line in body.splitlines()
    ]


def assert_complete(example: str, encoded: bytes) -> None:
    """The example has every field that the gateway writes, and no other."""
    assert json.loads(example) == json.loads(encoded)


# --- from the types to the page ------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS, ids=tag)
def test_a_command_has_an_example_with_every_field(command: type[Command]) -> None:
    example, _ = examples_of(command)

    decoded = codec.decode_command(example)

    assert type(decoded) is command
    assert_complete(example, codec.encode(decoded))


@pytest.mark.parametrize("command", COMMANDS, ids=tag)
def test_a_command_has_an_example_of_its_answer(command: Any) -> None:
    asked, example = examples_of(command)
    answer = codec.decode_server_message(example)

    assert isinstance(answer, Ok)
    result = codec.decode_result(answer.result, command.Result)

    assert answer.ref == json.loads(asked)["ref"]
    assert_complete(example, codec.encode_ok(answer.ref, result))


@pytest.mark.parametrize("message", SERVER_MESSAGES, ids=tag)
def test_what_a_gateway_says_has_an_example_with_every_field(message: type[Any]) -> None:
    (example,) = examples_of(message)

    decoded = codec.decode_server_message(example)

    assert type(decoded) is message
    assert decoded is not None
    assert_complete(example, codec.encode(decoded))


@pytest.mark.parametrize("content", CONTENTS, ids=tag)
def test_a_kind_of_content_has_an_example_with_every_field(content: type[Any]) -> None:
    (example,) = examples_of(content, "Kind ")

    decoded = decode_content(example.encode())

    assert type(decoded) is content
    assert_complete(example, encode_content(decoded))


@pytest.mark.parametrize(("content", "field"), [(Notice, "what"), (Stone, "reason")])
def test_every_value_of_a_closed_list_is_named(content: type[Any], field: str) -> None:
    section = SECTIONS[f"Kind `{tag(content)}`"]
    (listed,) = re.findall(rf"`{field}` is one of (.*?)\n\n", section.text + "\n\n", re.DOTALL)
    info = msgspec.inspect.type_info(content)
    assert isinstance(info, msgspec.inspect.StructType)
    (values,) = [
        set(each.type.values)
        for each in info.fields
        if each.name == field and isinstance(each.type, msgspec.inspect.LiteralType)
    ]

    assert set(re.findall(r"`(\w+)`", listed)) == values


def test_every_refusal_is_told_with_its_retry() -> None:
    told = {(code, retry) for code, retry, _ in table("| code | retry | meaning, and what to do |")}

    assert told == {(code, "yes" if each.retry else "no") for code, each in REFUSALS.items()}


def test_every_close_code_is_told() -> None:
    told = [int(code) for code, *_ in table("| code | meaning | what to do |")]

    assert told == sorted(CloseCode)


def test_every_limit_is_told_with_its_value() -> None:
    told = {name: int(value) for name, value, _ in table("| limit | value | of what |")}

    assert told == {
        name.lower(): value for name, value in vars(limits).items() if isinstance(value, int)
    }


def test_every_state_of_a_message_is_told() -> None:
    told = {state for state, _ in table("| state | meaning |")}
    info = msgspec.inspect.type_info(MessageStatus)
    assert isinstance(info, msgspec.inspect.StructType)
    (states,) = [f.type for f in info.fields if f.name == "state"]

    assert isinstance(states, msgspec.inspect.LiteralType)
    assert told == set(states.values)


# --- from the page to the types ------------------------------------------------------------


def test_every_section_is_about_a_message_that_there_is() -> None:
    known = [f"`{tag(message)}`" for message in (*COMMANDS, *SERVER_MESSAGES)]
    known += [f"Kind `{tag(content)}`" for content in CONTENTS]

    assert sorted(SECTIONS) == sorted(known)


def test_every_example_stands_under_a_message() -> None:
    under = [example for section in SECTIONS.values() for example in section.examples]

    assert len(under) == PAGE.count("```json")


def test_every_code_that_a_command_is_refused_with_is_known() -> None:
    named = re.findall(r"Refused with: (.*?)\.", PAGE, re.DOTALL)
    codes = {code for each in named for code in re.findall(r"`(\w+)`", each)}

    assert len(named) == PAGE.count("Refused with")
    assert codes <= set(REFUSALS)


def test_every_frame_of_the_first_conversation_is_a_message() -> None:
    (conversation,) = re.findall(r"^```text\n(.*?)\n```", PAGE, re.DOTALL | re.MULTILINE)

    for line in conversation.splitlines():
        way, _, frame = line.partition(" ")
        if way == ">":
            codec.decode_command(frame)
        else:
            assert way == "<"
            assert codec.decode_server_message(frame) is not None


def test_the_first_conversation_is_answered_ref_by_ref() -> None:
    asked = {
        command.ref: command.Result
        for frame in re.findall(r"^> (.*)", PAGE, re.MULTILINE)
        for command in [codec.decode_command(frame)]
    }
    answers = [
        message
        for frame in re.findall(r"^< (.*)", PAGE, re.MULTILINE)
        for message in [codec.decode_server_message(frame)]
        if isinstance(message, Ok)
    ]

    assert sorted(answer.ref for answer in answers) == sorted(asked)
    for answer in answers:
        codec.decode_result(answer.result, asked[answer.ref])


def test_every_link_within_the_page_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
