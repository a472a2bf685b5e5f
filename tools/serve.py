"""Serves a folder of pages on this machine."""

import functools
import http.server
import os
import threading


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files without printing a line for each."""

    def guess_type(self, path):
        # Some Windows machines call scripts text, and a browser then refuses to run modules.
        script = str(path).endswith((".js", ".mjs"))
        return "text/javascript" if script else super().guess_type(path)

    def end_headers(self):
        if self.path.partition("?")[0].endswith(".woff2"):  # a font never changes
            self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder at `url`; port 0 is any free one."""

    allow_reuse_address = os.name != "nt"  # Windows would share the port with another server

    def __init__(self, folder, port=0):
        super().__init__(("127.0.0.1", port), functools.partial(Handler, directory=str(folder)))
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def start(self):
        """Serves in a thread until `stop`."""
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.shutdown()
        self.server_close()


def until_interrupted(folder, first):
    """Serves at the first free port from `first` on, until Ctrl-C."""
    for port in range(first, first + 100):
        try:
            server = Server(folder, port)
        except OSError:  # the port is taken
            continue
        print(f"\nThe book, until you press Ctrl-C: http://localhost:{port}/", flush=True)
        try:
            return server.serve_forever()
        except KeyboardInterrupt:
            return None
    return f"No port from {first} to {first + 99} is free."
