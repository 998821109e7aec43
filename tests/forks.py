"""The command `callshield` for tests that type it dozens of times: a process that has imported everything forks itself
for each. Arguments, variables, folder and the three streams are those of who types it; only importing is spared.

    python forks.py serve SOCKET        until it is killed
    python forks.py ask SOCKET WORD...  one command; leaves with its exit code
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import NoReturn

STREAMS = (0, 1, 2)
SIZE = struct.Struct("<I")
DIED = 70  # exit code of a command that did not say how it ended


def ask(where: str, words: list[str]) -> int:
    """Have a command run on our streams. Returns its exit code."""
    told = json.dumps({"words": words, "folder": str(Path.cwd()), "environment": dict(os.environ)}).encode()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(where)
        socket.send_fds(line, [SIZE.pack(len(told))], STREAMS)
        line.sendall(told)
        answer = line.recv(1)
    return answer[0] if answer else DIED


def serve(where: str) -> NoReturn:
    """Fork for each that asks."""
    from pipeline.cli import main

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(where)
        door.listen(16)
        while True:
            line, _ = door.accept()
            if os.fork() == 0:
                door.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _run(line, main.run)
            line.close()


def _run(line: socket.socket, command: object) -> NoReturn:
    """In a process of its own: one command, and how it ended."""
    code = DIED
    try:
        size, streams, _, _ = socket.recv_fds(line, SIZE.size, len(STREAMS))
        with line.makefile("rb") as told:
            plain = json.loads(told.read(SIZE.unpack(size)[0]))
        for stream, ours in zip(streams, STREAMS, strict=True):
            os.dup2(stream, ours)
        os.chdir(plain["folder"])
        os.environ.clear()
        os.environ.update(plain["environment"])
        sys.argv = ["callshield", *plain["words"]]
        try:
            command()  # type: ignore[operator]
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        line.send(bytes([code]))
        os._exit(code)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    sys.exit(ask(sys.argv[2], sys.argv[3:]))
