# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Real programs behind --via: haproxy that accepts the PROXY protocol, and microsocks with a
password."""
import os

from proxy_ground import *

from chain_proxies import Destination
from kernel_connection import GROUND
from run_support import cgroups_below, client, run

PATH = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
PORT = 14300


def talker(target):
    """A client that does not end its half of the stream: to microsocks, that is the end of both."""
    words = client(target)
    words[2] = words[2].replace("    client.shutdown(socket.SHUT_WR)\n", "")
    return words


def start(scene, *words):
    return Program(scene, words, (PORT,), env={**os.environ, "PATH": PATH})


def fetches(scene, url, target, **options):
    """The command's output is its destination's, whose name it sees."""
    program = run(scene, "--via", url, "--", *talker(target), **options)
    equal((program.ends(), program.stdout()), (0, f"{target[0]} <ping>\n"), program.stderr())
    equal(cgroups_below(scene), [], "cgroups")


@case
def haproxy_accepts_the_proxy_protocol(scene):
    path = f"{scene.directory}/haproxy.cfg"
    with open(path, "w") as file:
        file.write(f"""
global
  log stdout format raw local0
defaults
  mode tcp
  log global
  log-format "said %ci to %fi:%fp"
  timeout connect 3s
  timeout client 10s
  timeout server 10s
frontend f
  bind 127.0.0.1:{PORT} accept-proxy
  default_backend b
backend b
  server any 0.0.0.0:0
""")
    haproxy = start(scene, "haproxy", "-db", "-f", path)
    for origin in (ORIGIN4, ORIGIN6):
        target = Destination(scene, origin).name
        fetches(scene, f"proxy-protocol://127.0.0.1:{PORT}", target)
        line = haproxy.line()
        while not line.startswith("said"):
            line = haproxy.line()
        # It went where the header says, since nothing else did.
        check(line.endswith(f" to {target[0]}:{target[1]}"), f"haproxy says {line!r}")
        source = line.split()[1]
        check(source in ("127.0.0.1", "::1", "::ffff:127.0.0.1"), f"haproxy says {line!r}")


@case
def microsocks_asks_for_a_password(scene):
    start(scene, "microsocks", "-i", "127.0.0.1", "-p", str(PORT), "-u", "me", "-P", "secret")
    url = f"socks5://127.0.0.1:{PORT}"
    for origin in (ORIGIN4, ORIGIN6):
        target = Destination(scene, origin).name
        fetches(scene, url, target,
                env={**os.environ, "WHITHER_VIA_USER": "me", "WHITHER_VIA_PASSWORD": "secret"})
    program = run(scene, "--via", url, "--", *talker(target))
    equal(program.ends(), 1, "status without a password")
    check("no user was given" in program.stderr(), program.stderr())


main(__file__, ground=GROUND)
