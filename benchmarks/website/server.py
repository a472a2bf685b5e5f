"""A web server on this machine that sends what GitHub Pages sends, and counts it.

Text goes out as gzip with an ETag and ten minutes of cache, over HTTP/1.1 with kept connections.
Under every other host's name it sends what `others` has for an address, so that a page which loads
from elsewhere can be measured without a network: Chromium is told that all names lead here, and
what begins like TLS is taken as TLS. Bytes are those of the bodies, as they were sent.
"""

import contextlib
import functools
import gzip
import hashlib
import http.server
import mimetypes
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path
from typing import NamedTuple

TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
IS_TEXT = ("text/", "application/json", "application/manifest+json", "application/xml", "image/svg")
ABOUT = (
    "a threaded HTTP/1.1 server on this machine (no HTTP/2): gzip -6 for text, ETag, "
    "cache-control max-age=600, a year under other hosts' names; bodies counted as sent"
)


class Sent(NamedTuple):
    """One answer."""

    host: str
    path: str
    status: int
    bytes: int


@functools.cache
def packed(file, changed):
    """(media type, how it is encoded, body, ETag) of a file."""
    kind = (
        TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    )
    body, encoding = file.read_bytes(), None
    if kind.startswith(IS_TEXT):
        body, encoding = gzip.compress(body, 6, mtime=0), "gzip"
    return kind, encoding, body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together

    def log_message(self, *args):
        pass

    def do_GET(self):
        with self.server.busy():
            self.answer()
            self.wfile.flush()

    do_HEAD = do_GET

    def answer(self):
        host = self.headers.get("host", "").rpartition(":")[0] or self.headers.get("host", "")
        own = host in ("127.0.0.1", "localhost")
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        file = self.server.own(path) if own else self.server.others(host, path)
        status, body, head = 404, b"", {"content-length": 0}
        if file is not None:
            kind, encoding, body, tag = packed(file, file.stat().st_mtime_ns)
            status = 304 if self.headers.get("if-none-match") == tag else 200
            body = b"" if status == 304 or self.command == "HEAD" else body
            age = 600 if own else 31536000
            head = {"content-type": kind, "etag": tag, "cache-control": f"max-age={age}"}
            head |= {"content-encoding": encoding, "vary": "accept-encoding"} if encoding else {}
            head |= {"content-length": len(body)} if status == 200 else {}
        self.send_response(status)
        for name, value in (head | {"access-control-allow-origin": "*"}).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)
        self.server.sent.append(Sent(host, self.path, status, len(body)))


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder, and other hosts' files, and knows what it has sent."""

    daemon_threads = False  # closing waits for the last answer
    request_queue_size = 128

    def __init__(self, folder, others=lambda host, path: None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.others = Path(folder).resolve(), others
        self.sent, self.open, self.last, self.lock = [], 0, 0.0, threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()

    def finish_request(self, request, client_address):
        if request.recv(1, socket.MSG_PEEK) != b"\x16":  # how a TLS handshake begins
            return super().finish_request(request, client_address)
        with self.tls.wrap_socket(request, server_side=True) as secret:
            return super().finish_request(secret, client_address)

    def handle_error(self, request, client_address):
        pass  # a browser may hang up

    def own(self, path):
        """The file of a path of the site, or None."""
        file = (self.folder / path.lstrip("/")).resolve()
        file = file / "index.html" if file.is_dir() else file
        return file if file.is_file() and file.is_relative_to(self.folder) else None

    @functools.cached_property
    def tls(self):
        """A context with a certificate of our own: the browser is told to accept it."""
        with tempfile.TemporaryDirectory() as folder:
            pem = Path(folder, "both.pem")
            command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
            command += ["-subj", "/CN=localhost", "-keyout", pem, "-out", Path(folder, "cert.pem")]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(Path(folder, "cert.pem"), pem)
        return context

    @contextlib.contextmanager
    def busy(self):
        """Counts the answers that are under way."""
        with self.lock:
            self.open += 1
        try:
            yield
        finally:
            with self.lock:
                self.open -= 1
                self.last = time.monotonic()

    def quiet(self, seconds=0.5):
        """Tells whether nothing has been asked for so long."""
        with self.lock:
            return not self.open and time.monotonic() - self.last > seconds
