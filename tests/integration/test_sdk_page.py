"""Every example of `docs/sdk.md` runs."""

import re
import textwrap
from pathlib import Path
from typing import Any

import parley
from tests.integration.deployment import Deployment
from tests.integration.places import each_kind

PAGE = (Path(__file__).parents[2] / "docs" / "sdk.md").read_text(encoding="utf-8")


def examples() -> list[tuple[str, str]]:
    """Return each example with the heading that it stands under."""
    found = []
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        title = section.partition("\n")[0]
        found += [(title, code) for code in re.findall(r"```python\n(.*?)```", section, re.DOTALL)]
    return found


async def run(title: str, code: str, names: dict[str, Any]) -> None:
    """Run an example as the body of a function of its own."""
    source = f"async def example():\n{textwrap.indent(code, '    ')}"
    exec(compile(source, f"docs/sdk.md: {title}", "exec"), names)
    await names["example"]()


@each_kind
async def test_every_example_runs(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    made = await ann.chat.create_room("Examples", kind="group", members=[bob.chat.person.id])

    for title, code in examples():
        sent = await ann.chat.send(made.id, f"about {title.lower()}")
        [state] = await ann.chat.messages(made.id, [parley.Target(ann.chat.person.id, sent.cmid)])
        place = (made.id, sent.generation, state.seq, state.n, state.time)
        message = parley.Message(*place, state.author, state.cmid, state.text)
        names = {"parley": parley, "url": gateway.url, "chat": ann.chat, "bob": bob.chat}
        await run(title, code, {**names, "room": made.id, "message": message})


def test_every_section_is_listed_and_has_an_example() -> None:
    listed = re.findall(r"^- \[(.*)\]\(#", PAGE, re.MULTILINE)

    assert listed == list(dict.fromkeys(title for title, _ in examples()))
