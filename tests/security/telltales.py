"""Servers that answer everything with an error, and quote in it all that they were sent: what a bad
day outside looks like, at its most talkative."""

import contextlib
import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import override


class _Quoting(BaseHTTPRequestHandler):
    """401 with the key and the question in its message, as model providers do."""

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", "0"))
        asked = self.rfile.read(size).decode("utf-8", "replace")
        told = f"Incorrect API key provided: {self.headers.get('Authorization')}. You sent: {asked}"
        body = json.dumps({"error": {"message": told, "type": "invalid_request_error"}}).encode()
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815 - the library's name

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said here."""


class _Postman(socketserver.StreamRequestHandler):
    """An SMTP server that repeats what it refuses."""

    @override
    def handle(self) -> None:
        self.wfile.write(b"220 telltale\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"EHLO":
                self.wfile.write(b"250-telltale\r\n250 AUTH PLAIN LOGIN\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"535 5.7.8 refused: " + line.strip() + b"\r\n")


@contextlib.contextmanager
def telltales() -> Iterator[tuple[int, int]]:
    """The ports of one for HTTP and one for SMTP."""
    servers = (
        ThreadingHTTPServer(("127.0.0.1", 0), _Quoting),
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Postman),
    )
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield servers[0].server_address[1], servers[1].server_address[1]
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
