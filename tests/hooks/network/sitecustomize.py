"""Python runs this first where its folder is on PYTHONPATH: it writes down who is asked for.

The file ADDRESSES gets a line for each address that is not of this machine, from this process and
from those that it starts.
"""

import os
import socket
import sys

HERE = {None, "", "localhost", "::1", socket.gethostname()}
ASKS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
SENDS = ("socket.connect", "socket.sendto", "socket.sendmsg")


def hook(event, args):
    if event in ASKS:
        host = args[0]
    elif event in SENDS and isinstance(args[1], tuple):  # a path is of this machine
        host = args[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in HERE and not str(host).startswith("127."):
        with open(os.environ["ADDRESSES"], "a", encoding="utf-8") as file:
            file.write(f"{host} ({event} by {' '.join(sys.argv)[:80]})\n")


sys.addaudithook(hook)
