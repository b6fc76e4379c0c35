"""ejabberd: group chat (XEP-0045) with its archive (XEP-0313), over WebSocket (RFC 7395).

Owns: starting it, and what the load client says to it.
Never: its configuration (`bench/peers/ejabberd`), the system's own ejabberd.
"""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

from bench.contenders.contender import Contender
from bench.contenders.node import PEERS
from bench.load.plan import REF, STAMP, Await, Plan, Planned, upgrade
from bench.scene import WORDS, Scene
from tests.servers import MissingProgram, Server
from tests.servers.process import find_program

_PACKAGE = "ejabberd"
_OPEN = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>'
_AUTH = '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="ANONYMOUS"/>'
_BIND = '<iq type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>'


class _Node(Server):
    """One Erlang node with ejabberd in it; it speaks to no other."""

    program = "ejabberd"

    def launch(self) -> subprocess.Popen[bytes]:
        erlang = find_program("erl", _PACKAGE)
        libraries = sorted(Path("/usr/lib").glob("*/ejabberd-*/ebin/ejabberd.app"))
        if not libraries:
            raise MissingProgram("ejabberd", _PACKAGE)
        configuration = self.folder / "ejabberd.yml"
        template = (PEERS / "ejabberd" / "ejabberd.yml").read_text()
        configuration.write_text(template.replace("@PORT@", str(self.port)))
        environment = os.environ | {
            "ERL_LIBS": str(libraries[-1].parents[2]),
            "EJABBERD_CONFIG_PATH": str(configuration),
            "EJABBERD_LOG_PATH": str(self.folder / "ejabberd.log"),
            "HOME": str(self.folder),
        }
        # The limits are those with which ejabberdctl starts it.
        limits = ["+K", "true", "+P", "250000", "+Q", "32000"]
        database = ["-mnesia", "dir", f'"{self.folder / "database"}"']
        command = [erlang, *limits, "-noinput", *database, "-s", "ejabberd"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, cwd=self.folder
            )

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Ejabberd(Contender):
    """ejabberd with its own database, Mnesia."""

    name = "ejabberd"
    stores = True
    # Several share their people only as one Erlang cluster.
    spreads = False

    def start(self) -> None:
        self.launch_front("server", _Node())

    def plan(self, scene: Scene) -> Plan:
        plan = Plan(self.ports)
        request = upgrade("/ws", "xmpp")
        for person, room, speaks in scene.members():
            address = f"room{room}@conference.localhost"
            message = f"<body>{WORDS}{STAMP}</body>"
            said = f'<message type="groupchat" to="{address}" id="{REF}">{message}</message>'
            script = _sign_in(f"{address}/person{person}")
            plan.connections.append(Planned(request, script, said if speaks else None))
        return plan


def _sign_in(seat: str) -> tuple[str | Await, ...]:
    """Return the script that opens a stream, and takes a seat in a room without its history."""
    muc = '<x xmlns="http://jabber.org/protocol/muc"><history maxstanzas="0"/></x>'
    return (
        _OPEN,
        Await("<mechanism>ANONYMOUS"),
        _AUTH,
        Await("<success"),
        _OPEN,
        Await("<bind"),
        _BIND,
        Await("<jid>"),
        f'<presence to="{seat}">{muc}</presence>',
        Await("<subject"),
    )
