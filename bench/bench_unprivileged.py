# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""A connect without privilege: supervised, and by a library that is loaded before others."""
import os
import shutil
import subprocess
import time

from bench_ground import *
from bench_groups import DIRECT, PROXY, Group
from bench_series import *

SOCKS_PORT = 12399
PENDED_PORT = 12398


class Unprivileged(Group):
    title = "one command: connect, close"

    def variant(self, row, addresses, count, before=(), **environment):
        def step(number):
            printed = self.ground.run(
                "plain", "bench_connect", before=before, environment=environment, count=count, **addresses
            )
            row.add(number, dict(printed)["connect"])

        self.steps.append(("down", step))

    def pended(self, count, reference, row):
        """Beside 64 connects about which a program thinks; what is measured has been answered for."""
        program = f"{self.ground.directory}/ask"
        with open(program, "w") as file:
            file.write(f"#!/bin/sh\nread -r line\ncase $line in *'\"port\":{PENDED_PORT}'*) exec sleep 100;; esac\n"
                       "echo redirect\n")
        os.chmod(program, 0o755)
        run = [self.ground.whither, "run", "--engine", "seccomp", "--to", PROXY["listen"], "--ask", program, "--"]
        self.variant(reference, PROXY, count, run)
        self.variant(row, {**PROXY, "pended": 64, "other": f"{ORIGIN}:{PENDED_PORT}"}, count, run)

    def socks(self, count, row):
        """proxychains4 needs a SOCKS proxy, which has to be asked for each connection."""
        configuration = f"{self.ground.directory}/proxychains.conf"
        with open(configuration, "w") as file:
            file.write(f"strict_chain\n[ProxyList]\nsocks5 127.0.0.1 {SOCKS_PORT}\n")
        server = self.ground.plain.words(["microsocks", "-i", "127.0.0.1", "-p", SOCKS_PORT])

        def step(number):
            running = subprocess.Popen(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.2)
            try:
                printed = self.ground.run(
                    "plain", "bench_connect", count=count, **DIRECT,
                    before=["proxychains4", "-q", "-f", configuration],
                )
                row.add(number, dict(printed)["connect"])
            finally:
                running.kill()
                running.wait()

        self.steps.append(("down", step))

    def fill(self, size):
        count = max(size.cycles // 2, 50)
        run = [self.ground.whither, "run", "--engine", "seccomp", "--to", PROXY["listen"]]
        direct = self.row("direct", "ns")
        again = self.row("direct, a second time", "ns", direct)
        supervised = self.row("whither run, supervised", "ns", direct, at_most(1.8))
        passed = self.row("whither run, supervised, no match", "ns", direct)
        plain = self.row("whither run, supervised as on Linux 6.1", "ns", direct)
        for row in (direct, again):
            self.variant(row, DIRECT, count)
        self.variant(supervised, PROXY, count, [*run, "--"])
        self.variant(passed, DIRECT, count, [*run, "remote-port=1", "--"])
        self.variant(plain, PROXY, count, [*run, "--"], WHITHER_PLAIN_SECCOMP="1")
        asked = self.row("whither run --ask, the answer known", "ns", direct)
        self.pended(count, asked, self.row("the same, beside 64 that wait for theirs", "ns", asked, at_most(1.1)))
        if shutil.which("proxychains4") and shutil.which("microsocks"):
            self.socks(max(count // 5, 50), self.row("proxychains4 (LD_PRELOAD), SOCKS5", "ns", direct))
