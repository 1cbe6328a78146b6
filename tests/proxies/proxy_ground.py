# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Where real proxies are tried: two web origins of each family, a real client, and users."""
import http.server
import os
import re
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "kernel"))

from kernel_program import *
from kernel_scene import *

# The second origins; main() of kernel_scene gives the namespace the first ones.
OTHER4 = "192.0.2.11"
OTHER6 = "2001:db8::11"
ORIGINS = {"v4": (ORIGIN4, OTHER4), "v6": (ORIGIN6, OTHER6)}
WEB = 80
# The clients' user: nobody. ssh wants one that has a name; proxies run as users that have none.
CLIENT = 65534


def page(address):
    """What the origin of this address answers."""
    return f"page of {address}\n".encode()


class _Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # A folder whose files are handed out, beside the page; files are asked for as /files/NAME.
    folder = ""

    def _text(self):
        path = self.path.partition("?")[0]
        if not path.startswith("/files/"):
            return page(self.connection.getsockname()[0])
        path = os.path.normpath(self.folder + path)
        if not self.folder or not path.startswith(f"{self.folder}/files/") or not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            return file.read()

    def do_GET(self):
        text = self._text()
        if text is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def server_bind(self):
        # Without the look-up of a name.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]


class _Server6(_Server):
    address_family = socket.AF_INET6


def origins(scene):
    """Starts the four origins. They hand out what is in the folder "files" of the scene's."""
    _Page.folder = scene.directory
    for words in (f"addr add {OTHER4}/32 dev lo", f"addr add {OTHER6}/128 dev lo nodad"):
        subprocess.run(["ip", *words.split()], check=False, capture_output=True)
    for addresses in ORIGINS.values():
        for address in addresses:
            server = (_Server6 if ":" in address else _Server)((address, WEB), _Page)
            scene.child(server.serve_forever)
            server.server_close()


def url(address):
    return f"http://[{address}]:{WEB}/" if ":" in address else f"http://{address}:{WEB}/"


def as_user(uid):
    """What to put before a command, so that it runs as this user, with no right of root's."""
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--inh-caps=-all"]


def curl(address, *options, timeout=20):
    """The page, as curl gets it; or curl's exit status."""
    done = subprocess.run(
        [*as_user(CLIENT), "curl", "-sS", "-g", "--noproxy", "*", "--max-time", str(timeout),
         *options, url(address)],
        capture_output=True, cwd="/", check=False,
    )
    return done.stdout if not done.returncode else done.returncode


def mapped(address):
    """The page, as a client gets it that has IPv6 sockets only, for an IPv4 destination."""
    import http.client

    sock = socket.socket(socket.AF_INET6)
    sock.settimeout(20)
    sock.connect((f"::ffff:{address}", WEB))
    equal(sock.getpeername()[0], f"::ffff:{address}", "the peer, as the client is shown it")
    connection = http.client.HTTPConnection(address, WEB)
    connection.sock = sock
    connection.request("GET", "/")
    return connection.getresponse().read()


def section(name, port, uid, listen=None, more=""):
    """A redirector of port, whose proxy is this user's."""
    listen = listen or f"127.0.0.1:{port}, [::1]:{port}"
    where = "".join(f"listen = {one.strip()}\n" for one in listen.split(","))
    return (f"[redirector {name}]\n{where}owner-user = {uid}\n"
            f"remote-address = 192.0.2.0/24, 2001:db8::/32\n{more}\n")


def connections(scene):
    """How many connections each redirector has taken: name -> number."""
    return {
        one["name"]: one["connections"]
        for rules in scene.show()["sets"] for one in rules["redirectors"]
    }
