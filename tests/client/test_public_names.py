"""What `import parley` offers."""

import inspect

import parley
from parley import client


def test_parley_offers_the_names_of_its_client() -> None:
    assert parley.__all__ == client.__all__


def test_every_listed_name_is_there_and_documented() -> None:
    offered = {name: getattr(parley, name) for name in parley.__all__}

    undocumented = [
        n for n, value in offered.items() if isinstance(value, type) and not value.__doc__
    ]
    assert undocumented == []


def test_every_error_of_the_sdk_is_offered() -> None:
    errors = {
        name
        for name, value in vars(client.errors).items()
        if inspect.isclass(value) and issubclass(value, parley.ParleyError)
    }

    assert errors <= set(parley.__all__)


def test_every_event_of_the_sdk_is_offered() -> None:
    events = {event.__name__ for event in client.events.ChatEvent.__args__}

    assert events <= set(parley.__all__)
