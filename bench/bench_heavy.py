# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What is measured: bulk data, memory, and the kernel programs themselves."""
from bench_groups import *

BULK_PROXY = {"listen": f"127.0.0.1:{QUERY_PROXY}", "target": f"{ORIGIN}:{QUERY_PORT}"}
BULK_RELAY = {"listen": f"{ORIGIN}:{RELAY_PORT}", "target": f"{ORIGIN}:{RELAY_PORT}"}
STATISTICS = "/proc/sys/kernel/bpf_stats_enabled"


class Bulk(Group):
    """Data sent to a sink: directly, with the sink in the proxy's place, and through the relay
    of `whither relay`, which is that of `whither run`."""

    title = "bulk data"

    def variant(self, state, rows, addresses, size, relayed=False):
        def step(number):
            words = [self.ground.whither, "relay", "--listen", f"127.0.0.1:{RELAY_PROXY}"]
            relay = self.ground.serve(RELAY_PROXY, words) if relayed else None
            try:
                printed = self.ground.run(
                    "plain", "bench_bulk", mib=size.mib, **addresses,
                    sink_cpu=self.ground.other_processor,
                    watch=relay.pid if relay else 0,
                    **({} if relayed else self.owner(state)),
                )
            finally:
                if relay:
                    relay.kill()
                    relay.wait()
            for name, value in printed:
                # The relay's own processor is part of what both sides take.
                if name != "proxy":
                    rows[name].add(number, value)

        self.steps.append((state, step))

    def fill(self, size):
        variants = {}
        for name, unit in (("throughput", "MiB/s"), ("processor", "ms/GiB")):
            direct = self.row(f"direct, {name}", unit)
            again = self.row(f"direct, a second time, {name}", unit, direct)
            redirected = self.row(f"whither, {name}", unit, direct, same_as_reference)
            relayed = self.row(f"whither and its relay, {name}", unit, direct)
            for key, row in zip("darw", (direct, again, relayed, redirected)):
                variants.setdefault(key, {})[name] = row
        self.variant("down", variants["d"], DIRECT, size)
        self.variant("down", variants["a"], DIRECT, size)
        self.variant("user", variants["w"], BULK_PROXY, size)
        self.variant("user", variants["r"], BULK_RELAY, size, relayed=True)


class Memory(Group):
    """Kernel memory of a connection with both its ends."""

    title = "kernel memory of a connection, both ends"

    def variant(self, state, rows, addresses, size, ask):
        def step(number):
            printed = self.ground.run(
                "plain", "bench_memory", timeout=300, connections=size.connections, ask=ask,
                sources=10, **addresses, **self.owner(state),
            )
            caches = []
            for word, *rest in printed:
                if word in rows:
                    rows[word].add(number, rest[0])
                else:
                    name, width, grown = rest
                    caches.append((float(grown) * int(width), f"{name} x {grown}"))
            rows["objects"].note = ", ".join(
                text for _, text in sorted(caches, reverse=True)[:10]
            )

        self.steps.append((state, step))

    def fill(self, size):
        variants = {"direct": {}, "origin": {}, "records": {}}
        # All of Slab moves with whatever else the machine does; the goal looks at the objects
        # that connections are made of.
        for word, label in (("objects", "objects"), ("slab", "all of Slab")):
            goal = at_most_more(1024) if word == "objects" else None
            direct = self.row(f"direct, {label}", "bytes")
            variants["direct"][word] = direct
            for asked in ("origin", "records"):
                variants[asked][word] = self.row(
                    f"whither, {asked} asked, {label}", "bytes", direct, goal
                )
        self.variant("down", variants["direct"], DIRECT, size, "nothing")
        self.variant("user", variants["origin"], PROXY, size, "origin")
        self.variant("user", variants["records"], PROXY, size, "records")


class Programs(Group):
    """The kernel's own account of its BPF programs (kernel.bpf_stats_enabled), for each kind of
    cycle: what noise blurs least."""

    title = "kernel programs"

    def statistics(self):
        found = {}
        for kind, name, *numbers in self.ground.run("plain", "bench_programs"):
            if kind == "program":
                found[name] = tuple(map(int, numbers[1:]))
        return found

    def idle_maps(self, number):
        printed = self.ground.run("plain", "bench_programs")
        maps = {name: int(size) for kind, name, size, *_ in printed if kind == "map"}
        self.maps.add(number, sum(maps.values()) / 1024)
        largest = sorted(maps.items(), key=lambda one: -one[1])[:5]
        self.maps.note = ", ".join(f"{name} {size // 1024}" for name, size in largest)

    def named(self, workload, name):
        for row in self.rows:
            if row.name == f"{workload}: {name}":
                return row
        return self.row(f"{workload}: {name}", "ns/cycle")

    def step(self, workload, count, addresses, options):
        def step(number):
            with open(STATISTICS) as file:
                before_all = file.read()
            try:
                with open(STATISTICS, "w") as file:
                    file.write("1")
                before = self.statistics()
                self.ground.run("plain", "bench_cycle", count=count, **addresses, **options)
                after = self.statistics()
            finally:
                with open(STATISTICS, "w") as file:
                    file.write(before_all)
            cycles = count + count // 10  # bench_cycle's warming up
            total = 0
            for name, (runs, spent, walked, size, machine) in sorted(after.items()):
                old = before.get(name, (0, 0))
                runs, spent = (runs - old[0]) / cycles, (spent - old[1]) / cycles
                if runs < 0.01:
                    continue
                total += spent
                row = self.named(workload, name)
                row.add(number, spent)
                row.note = (
                    f"{runs:.2f} runs of {spent / runs:.0f} ns; {size} instructions, "
                    f"{machine} bytes of machine code, {walked} walked by the verifier"
                )
            self.named(workload, "all").add(number, total)

        return step

    def fill(self, size):
        count = size.cycles  # a multiple of bench_cycle's block
        owner = {"user": PROXY_USER}
        self.maps = self.row("all maps, no connection", "KiB")
        self.steps.append(("user", self.idle_maps))
        for workload, addresses, options in (
            ("no match", PLAIN, {}),
            ("origin", PROXY, {"ask": "origin", **owner}),
            ("records", PROXY, {"ask": "records", **owner}),
            ("origin, records, set", PROXY, {"ask": "origin", "split": 1, "relate": 1, **owner}),
        ):
            self.steps.append(("user", self.step(workload, count, addresses, options)))
