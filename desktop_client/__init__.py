"""The desktop client: Parley's chat in a window of Dear PyGui.

Owns: the application that `parley desktop` starts.
Never: the protocol and the outbox, which are the SDK's (`parley.client`).

    state    what is known and shown: frozen values
    update   update(state, event) -> state, effects: every decision, without I/O
    pages    what stands on the pages over the main screen: account, room, lists of messages
    layout   where each word and bubble goes: measuring, wrapping, heights, without a window
    view     draws; the only part that imports dearpygui
    network  carries out effects on the SDK, on an event loop in a thread of its own
    completion, shortcodes   what is offered while one writes, and emoji by their names
    refusals  what the server refuses, in a person's words
    profile, private_file   what is kept between starts
    system_theme, screen_scale   what the desktop tells
    assets   fonts, icons and emoji pictures, built once
    loop     joins them; launch begins it

Values are msgspec's structs: defined and made several times as fast as dataclasses, of which the
first frame and every long one have hundreds. Dataclasses are left where more counts: `state`, whose
changes by `replace` are checked by mypy, and what keeps a secret out of its `repr`.
"""
