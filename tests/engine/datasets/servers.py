"""A web server of this machine for downloads, which can break off and go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Server:
    """Serves the files of a folder. `breaks_after` bytes of an answer it hangs up, `times` times;
    `ranges` says whether it can go on in the middle. `asked` are the ranges asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ranges = True
        self.breaks_after: int | None = None
        self.times = 0
        self.asked: list[tuple[str, str]] = []
        self.url = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        wanted = handler.headers.get("Range", "")
        self.asked.append((handler.path, wanted))
        file = self.folder / handler.path.partition("?")[0].rpartition("/")[2]
        if not file.is_file():
            handler.send_error(404)
            return
        content, start = file.read_bytes(), 0
        if wanted and self.ranges:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                handler.send_error(416)
                return
            handler.send_response(206)
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            handler.send_response(200)
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        sent = content[start:]
        if self.breaks_after is not None and self.times > 0:
            self.times -= 1
            sent = sent[: self.breaks_after]
        handler.wfile.write(sent)


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server of this folder on a free port of the loopback."""
    server = Server(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.answer(self)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        server.url = f"http://127.0.0.1:{http.server_address[1]}/"
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
