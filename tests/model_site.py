"""A model site on this machine that can misbehave, and a models folder that knows one model of it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pipeline.adapters.model_download import Patience
from pipeline.adapters.model_fetch import Fetched, Wish, fetch
from pipeline.adapters.model_lock import WORK_FOLDER
from pipeline.adapters.model_store import ModelStore

FILES = {
    "m/am/final.mdl": b"acoustic" * 9000,
    "m/conf/model.conf": b"--beam=10\n",
    "m/graph/Gr.fst": os.urandom(90_000),
}
QUICK = Patience(attempts=3, pause_s=0.0, timeout_s=5.0)


def zip_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Site:
    """A model site on this machine. `script` holds one behaviour per request; none left: all goes well."""

    content: bytes = b""
    etag: str = '"one"'
    script: list[str] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)  # the Range header of each request
    url: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.headers.get("Range"))
        how, _, number = (self.script.pop(0) if self.script else "well").partition(":")
        if how == "status":
            request.send_error(int(number))
            return
        if how == "redirect":
            request.send_response(302)
            request.send_header("Location", request.path.replace("/go", "") if not number else "ftp://localhost/m.zip")
            request.end_headers()
            return
        start = 0
        same = request.headers.get("If-Range") == self.etag
        if how not in ("no-range", "no-etag") and request.headers.get("Range") and same:
            start = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        if start and start >= len(self.content):
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(self.content)}")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        self._body(request, how, int(number or 0), start)

    def _body(self, request: BaseHTTPRequestHandler, how: str, number: int, start: int) -> None:
        request.send_response(206 if start else 200)
        if start:
            begin = start + (1 if how == "wrong-range" else 0)
            request.send_header("Content-Range", f"bytes {begin}-{len(self.content) - 1}/{len(self.content)}")
        if how != "no-length":
            request.send_header("Content-Length", str(len(self.content) - start + (number if how == "longer" else 0)))
        if how != "no-etag":
            request.send_header("ETag", self.etag)
        request.end_headers()
        body = self.content[start:]
        request.wfile.write(body[:number] if how == "drop" else body)
        request.close_connection = True


@contextmanager
def serving() -> Iterator[Site]:
    """A site with a good archive, up for the time of the block."""
    site = Site(content=zip_of(FILES))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.answer(self)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Bench:
    """A models folder whose registry knows one model, `m`, on the site."""

    site: Site
    models_dir: Path

    def __post_init__(self) -> None:
        self.register()

    def register(self, pinned: bool = True, **changes: object) -> None:
        row: dict[str, object] = {
            "name": "m",
            "engine": "vosk",
            "language": "en-US",
            "size_bytes": len(self.site.content),
            "licence": "Apache-2.0",
            "address": f"{self.site.url}/m.zip",
            "sha256": sha256(self.site.content) if pinned else "",
            **changes,
        }
        text = "[[model]]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in row.items())
        self.models_dir.mkdir(exist_ok=True)
        (self.models_dir / "registry.toml").write_text(text)

    @property
    def store(self) -> ModelStore:
        return ModelStore(self.models_dir)

    @property
    def part(self) -> Path:
        return self.models_dir / WORK_FOLDER / "m.part"

    def fetch(self, **wish: object) -> Fetched:
        return fetch(self.store, "m", Wish(**wish), patience=QUICK)  # type: ignore[arg-type]

    def left_over(self) -> list[str]:
        return [path.name for path in self.models_dir.iterdir() if path.name.startswith(".unpack")]


def damage(kind: str, folder: Path) -> None:
    """Change a model in one of the ways in which models get changed."""
    if kind == "bit":
        weights = bytearray((folder / "am/final.mdl").read_bytes())
        weights[4321] ^= 1
        (folder / "am/final.mdl").write_bytes(weights)
    elif kind == "missing":
        (folder / "conf/model.conf").unlink()
    elif kind == "extra":
        (folder / "conf/more.conf").write_text("--beam=1\n")
    elif kind == "renamed":
        (folder / "conf/model.conf").rename(folder / "conf/mfcc.conf")
    elif kind == "link":
        shutil.move(folder / "conf", folder.parent / ".conf")
        (folder / "conf").symlink_to(folder.parent / ".conf")
