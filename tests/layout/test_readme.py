"""The README shows what is there."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_the_echo_bot_as_it_is() -> None:
    bot = (ROOT / "examples" / "echo_bot.py").read_text(encoding="utf-8")

    assert f"```python\n{bot}```" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_echo_bot_is_short() -> None:
    bot = (ROOT / "examples" / "echo_bot.py").read_text(encoding="utf-8")

    assert len(bot.splitlines()) < 25
