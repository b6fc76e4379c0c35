"""What a window of Dear PyGui takes with nothing in it: `python -m bench.desktop.bare`.

Owns: that one figure, beside which the client's own is read. It prints one JSON object.
Never: anything of the client.
"""

import json
import os
import statistics
import time

import dearpygui.dearpygui as dpg

from bench.measure import memory_bytes

_FRAMES = 120


def main() -> None:
    dpg.create_context()
    dpg.create_viewport(width=1280, height=800)
    dpg.setup_dearpygui()
    dpg.show_viewport()
    frames: list[float] = []
    for _ in range(_FRAMES):
        began = time.thread_time()
        dpg.render_dearpygui_frame()
        frames.append(time.thread_time() - began)
    memory = memory_bytes({"bare": [os.getpid()]})["bare"]
    print(
        json.dumps(
            {
                "bare_memory_mb": memory / 2**20,
                "bare_frame_ms": statistics.median(frames) * 1000,
            }
        )
    )
    dpg.destroy_context()


if __name__ == "__main__":
    main()
