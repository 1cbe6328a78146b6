# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What the pinned maps hold, read by bpf(2) and not through whither: a second witness."""
import ctypes
import json
import os
import platform
import struct
import subprocess
import time
import uuid

from kernel_scene import Failure, equal

PINS = "/sys/fs/bpf/whither"
BPF = {"x86_64": 321, "aarch64": 280, "riscv64": 280}[platform.machine()]
LOOKUP, UPDATE, NEXT_KEY, OBJECT_GET = 1, 2, 4, 7
CAUSES = (
    "none filter own_listener family hops bound user_bound memory absent intruder device "
    "namespace".split()
)
CAUSE_SLOTS = 16
USER_SLOTS = 4096
NAMESPACE = uuid.UUID("5c1e6f0a-934b-4d67-b12f-57460e8d2190")
# Per connection: all empty when no redirected connection lives.
CONNECTION_MAPS = {"wh_flight": 48, "wh_flight_chain": 8, "wh_issued": 8, "wh_issued_chain": 8}

_libc = ctypes.CDLL(None, use_errno=True)


def _bpf(command, attributes):
    data = ctypes.create_string_buffer(attributes, 128)
    result = _libc.syscall(BPF, command, data, len(data))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


class Pinned:
    """A pinned map: one of whither's by name, or any by its path."""

    def __init__(self, name):
        path = ctypes.create_string_buffer(os.path.join(PINS, name).encode())
        self.fd = _bpf(OBJECT_GET, struct.pack("=QII", ctypes.addressof(path), 0, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.fd)

    def _element(self, command, key, value, flags=0):
        return _bpf(
            command,
            struct.pack(
                "=IIQQQ", self.fd, 0, ctypes.addressof(key), ctypes.addressof(value), flags
            ),
        )

    def get(self, index, size):
        """The value, of size bytes, at an index of an array."""
        value = ctypes.create_string_buffer(size)
        self._element(LOOKUP, ctypes.create_string_buffer(struct.pack("=I", index), 4), value)
        return value.raw

    def put(self, index, value):
        key = ctypes.create_string_buffer(struct.pack("=I", index), 4)
        self._element(UPDATE, key, ctypes.create_string_buffer(value, len(value)))

    def count(self, key_size, limit=2000000):
        """The number of keys of a hash."""
        key, following = (ctypes.create_string_buffer(key_size) for _ in range(2))
        first = struct.pack("=IIQQQ", self.fd, 0, 0, ctypes.addressof(following), 0)
        attributes = first
        for number in range(limit):
            try:
                _bpf(NEXT_KEY, attributes)
            except FileNotFoundError:
                return number
            ctypes.memmove(key, following, key_size)
            attributes = struct.pack(
                "=IIQQQ", self.fd, 0, ctypes.addressof(key), ctypes.addressof(following), 0
            )
        return limit


def attached(cgroup, kind=None):
    """Names of the programs attached at a hook (all hooks) of exactly this cgroup."""
    told = subprocess.run(
        ["bpftool", "-j", "cgroup", "show", cgroup], capture_output=True, text=True, check=True
    ).stdout
    # bpftool has called connect4 "cgroup_inet4_connect" since 7.0; and it says nothing of nothing.
    kinds = kind, f"cgroup_{kind}", f"cgroup_inet{kind[-1]}_{kind[:-1]}" if kind else None
    found = json.loads(told) if told.strip() else []
    return [one["name"] for one in found if not kind or one["attach_type"] in kinds]


class Totals:
    """struct wh_totals."""

    def __init__(self):
        with Pinned("wh_totals") as pinned:
            words = struct.unpack("=4Q16Q", pinned.get(0, 160))
        self.next_id, self.flights, self.lost, self.issued = words[:4]
        self.refused = dict(zip(CAUSES, words[4:]))


class Counters:
    """struct wh_redirector_counters of a redirector."""

    def __init__(self, name, set_name="web"):
        guid = uuid.uuid5(NAMESPACE, f"{set_name}/{name}").bytes
        with Pinned("wh_redirectors") as pinned:
            for slot in range(256):
                value = pinned.get(slot, 224)
                if value[:16] == guid:
                    break
            else:
                raise KeyError(f"no counters of {set_name}/{name}")
        words = struct.unpack_from("=4Q16Q2Q2I3Q", value, 16)
        self.slot = slot
        self.taken, self.arrived, self.by_records, self.by_process = words[:4]
        self.refused = dict(zip(CAUSES, words[4:]))
        self.binds_refused, self.last_taken = words[20:22]
        self.intruder_pid, self.intruder_uid = words[22:24]
        self.absent_permitted, self.last_absent, self.spread = words[24:]


def user_flights():
    """Gauges of connections in flight by slot of users, those that are not 0."""
    with Pinned("wh_user_flights") as pinned:
        slots = ((uid, struct.unpack("=Q", pinned.get(uid, 8))[0]) for uid in range(USER_SLOTS))
        return {uid: count for uid, count in slots if count}


def occupancy():
    """Entries of each per-connection map, as they are now."""
    found = {}
    for name, key_size in CONNECTION_MAPS.items():
        with Pinned(name) as pinned:
            found[name] = pinned.count(key_size)
    return found


def nothing_left():
    """Fails unless every per-connection map is empty and every gauge stands at 0."""
    equal(occupancy(), dict.fromkeys(CONNECTION_MAPS, 0), "entries left in maps")
    totals = Totals()
    equal(totals.flights, 0, "gauge of connections in flight")
    equal(totals.issued, 0, "gauge of issued tokens")
    equal(user_flights(), {}, "gauges of users")


def eventually(assertion, seconds=10):
    """Waits until assertion() holds; fails as it does when it never did."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return assertion()
        except Failure:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.005)
