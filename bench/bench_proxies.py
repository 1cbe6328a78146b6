# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Proxies that carry a redirected connection: the embedded relay beside haproxy and redsocks, each
in the same place, run as the same user, asked for the same."""
import os
import shutil

from bench_groups import *

SOCKS_PORT = 1080
RELAYED = {"listen": f"{ORIGIN}:{RELAY_PORT}", "target": f"{ORIGIN}:{RELAY_PORT}"}
PATH = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"

HAPROXY = f"""
global
  nbthread 1
defaults
  mode tcp
  option splice-auto
  timeout connect 3s
  timeout client 60s
  timeout server 60s
frontend f
  bind 127.0.0.1:{RELAY_PROXY}
  default_backend b
backend b
  server any 0.0.0.0:0
"""
REDSOCKS = f"""
base {{ log_debug = off; log_info = off; log = stderr; daemon = off; redirector = iptables; }}
redsocks {{ local_ip = 127.0.0.1; local_port = {RELAY_PROXY};
  ip = 127.0.0.1; port = {SOCKS_PORT}; type = socks5; }}
"""


class Proxies(Group):
    """Throughput, processor and the time of a small message, through each proxy."""

    title = "proxies in the place of a redirector"

    def variant(self, rows, size, words, text, socks):
        def step(number):
            started = []
            try:
                if socks:
                    started.append(self.ground.serve(SOCKS_PORT, [
                        socks, "-i", "127.0.0.1", "-p", str(SOCKS_PORT)]))
                started.append(self.ground.serve(RELAY_PROXY, words, text))
                watched = {"sink_cpu": self.ground.other_processor, "watch": started[-1].pid}
                printed = self.ground.run("plain", "bench_bulk", mib=size.mib, **RELAYED, **watched)
                printed += self.ground.run("plain", "bench_bulk", messages=size.calls, **RELAYED,
                                           **watched)
            finally:
                for process in started:
                    process.kill()
                    process.wait()
            for name, value in printed:
                if name in rows:
                    rows[name].add(number, value)

        self.steps.append(("user", step))

    def fill(self, size):
        find = {name: shutil.which(name, path=PATH) for name in ("haproxy", "redsocks", "microsocks")}
        relay = [self.ground.whither, "relay", "--listen", f"127.0.0.1:{RELAY_PROXY}"]
        variants = [("relay", relay, "", None)]
        if find["haproxy"]:
            variants.append(("haproxy", [find["haproxy"], "-db", "-f", "FILE"], HAPROXY, None))
        if find["microsocks"]:
            through = find["microsocks"]
            variants.append(("relay, by SOCKS5", [*relay, "--via", f"socks5://127.0.0.1:{SOCKS_PORT}"],
                             "", through))
            if find["redsocks"]:
                variants.append(("redsocks, by SOCKS5", [find["redsocks"], "-c", "FILE"], REDSOCKS,
                                 through))
        made = {name: {} for name, *_ in variants}
        for key, label, unit in (
            ("throughput", "throughput", "MiB/s"), ("proxy", "its processor", "ms/GiB"),
            ("message", "64 bytes there and back", "us"),
            ("message_proxy", "64 bytes, its processor", "us"),
        ):
            reference = None
            for name, *_ in variants:
                if not name.startswith(("haproxy", "redsocks")):
                    reference = None
                row = self.row(f"{name}, {label}", unit, reference)
                reference = reference or row
                made[name][key] = row
        for name, words, text, socks in variants:
            self.variant(made[name], size, words, text, socks)
