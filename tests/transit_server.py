"""The part of the transit API of Vault and OpenBao that we use, as a server for tests. As OpenBao 2.5 answers."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass
class Transit:
    """Its state, which tests may change. keys: versions of each, oldest first. failing: answer everything so."""

    token: str
    keys: dict[str, list[bytes]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    oldest: dict[str, int] = field(default_factory=dict)  # min_decryption_version
    failing: int = 0
    requests: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, path: str, token: str, plain: dict[str, str]) -> tuple[int, Any]:
        self.requests.append(f"{method} {path}")
        if self.failing:
            return self.failing, {"errors": ["Vault is sealed"]}
        if token != self.token:
            return 403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]}
        match path.strip("/").split("/"):
            case ["v1", "transit", "keys", name] if method == "GET":
                if name not in self.keys:
                    return 404, {"errors": []}
                kind = self.types.get(name, "aes256-gcm96")
                return 200, {"data": {"name": name, "type": kind, "latest_version": len(self.keys[name])}}
            case ["v1", "transit", "keys", name, "rotate"] if method == "POST" and name in self.keys:
                self.keys[name].append(os.urandom(32))
                return 200, {"data": {"latest_version": len(self.keys[name])}}
            case ["v1", "transit", "encrypt", name] if method == "POST":
                return self._encrypt(name, plain)
            case ["v1", "transit", "decrypt", name] if method == "POST":
                return self._decrypt(name, plain)
        return 404, {"errors": [f'no handler for route "{path}". route entry not found.']}

    def _encrypt(self, name: str, plain: dict[str, str]) -> tuple[int, Any]:
        versions = self.keys.setdefault(name, [os.urandom(32)])  # it makes a key, if the token may
        nonce = os.urandom(12)
        sealed = AESGCM(versions[-1]).encrypt(nonce, _bytes(plain["plaintext"]), _bytes(plain["associated_data"]))
        text = f"vault:v{len(versions)}:{base64.b64encode(nonce + sealed).decode()}"
        return 200, {"data": {"ciphertext": text, "key_version": len(versions)}}

    def _decrypt(self, name: str, plain: dict[str, str]) -> tuple[int, Any]:
        if name not in self.keys:
            return 400, {"errors": ["encryption key not found"]}
        try:
            prefix, version, text = plain["ciphertext"].split(":")
            number, data = int(version.removeprefix("v")), _bytes(text)
            assert prefix == "vault"
        except (ValueError, AssertionError, binascii.Error):
            return 400, {"errors": ["invalid ciphertext: no prefix"]}
        if number > len(self.keys[name]):
            return 400, {"errors": ["invalid ciphertext: version is too new"]}
        if number < self.oldest.get(name, 1):
            return 400, {"errors": ["ciphertext or signature version is disallowed by policy (too old)"]}
        try:
            key = AESGCM(self.keys[name][number - 1])
            opened = key.decrypt(data[:12], data[12:], _bytes(plain["associated_data"]))
        except (InvalidTag, ValueError):
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"plaintext": base64.b64encode(opened).decode()}}


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


@contextlib.contextmanager
def serving(transit: Transit, port: int = 0) -> Iterator[Transit]:
    """Let it listen; sets its url."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            token = self.headers.get("X-Vault-Token", "")
            status, plain = transit.answer(self.command, self.path, token, json.loads(data or b"{}"))
            body = json.dumps(plain).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _do  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    transit.url = f"http://127.0.0.1:{server.server_port}/transit"
    try:
        yield transit
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
