"""The SDK on an event loop in a thread of its own.

Owns: carrying out effects of the network and of the disk, and turning answers into events.
Never: decisions, and the window: nothing here runs in its thread.
"""

from desktop_client.network.thread import Network

__all__ = ["Network"]
