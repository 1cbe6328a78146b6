# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The ground of a run: namespaces with their own loopback, cgroups, and whither up or down."""
import contextlib
import fcntl
import os
import signal
import subprocess
import tempfile
import time

LOCK = "/run/whither-test.lock"  # that of the kernel tests, which share the machine with us
ORIGIN = "192.0.2.10"  # RFC 5737, on the loopback interface of each namespace
PROXY_USER = 65534

# Ports of ORIGIN, and the proxy's port to which whither takes each of them.
QUERY_PORT, QUERY_PROXY = 8080, 12345
KIBI_PORT, KIBI_PROXY = 8081, 12346  # a context of 1,024 bytes
RELAY_PORT, RELAY_PROXY = 8082, 12347
PLAIN_PORT = 8090  # nobody's

RULES = f"""
[redirector query]
listen = 127.0.0.1:{QUERY_PROXY}
remote-address = {ORIGIN}
remote-port = {QUERY_PORT}
context = text:8 bytes!
%(owner)s
[redirector kibi]
listen = 127.0.0.1:{KIBI_PROXY}
remote-address = {ORIGIN}
remote-port = {KIBI_PORT}
context = hex:{"a5" * 1024}
%(owner)s
[redirector relay]
listen = 127.0.0.1:{RELAY_PROXY}
remote-address = {ORIGIN}
remote-port = {RELAY_PORT}
%(owner)s
"""

NFT_REDIRECT = f"""
table ip bench {{
  chain output {{
    type nat hook output priority -100;
    ip daddr {ORIGIN} tcp dport {QUERY_PORT} redirect to :{QUERY_PROXY}
  }}
}}
"""

NFT_TPROXY = f"""
table ip bench {{
  chain output {{
    type route hook output priority mangle;
    ip daddr {ORIGIN} tcp dport {QUERY_PORT} meta mark set 1
  }}
  chain prerouting {{
    type filter hook prerouting priority mangle;
    meta mark 1 meta l4proto tcp tproxy to 127.0.0.1:{QUERY_PROXY}
  }}
}}
"""


class Trouble(Exception):
    """Said to the user as it is."""


def cgroup_root():
    with open("/proc/self/mountinfo") as mounts:
        for line in mounts:
            left, right = line.rstrip("\n").split(" - ", 1)
            if right.split(" ")[0] == "cgroup2":
                return left.split(" ")[4]
    raise Trouble("cgroup v2 is not mounted (mount -t cgroup2 none DIR)")


class Namespace:
    """A network namespace, kept by a process that sleeps in it."""

    def __init__(self):
        read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.set_inheritable(write, True)
            os.execvp("unshare", ["unshare", "--net", "sh", "-c", f"echo >&{write}; exec sleep 1d"])
        os.close(write)
        os.read(read, 1)
        os.close(read)
        self.sh(f"ip link set lo up; ip addr add {ORIGIN}/32 dev lo")
        # A closed connection must not stand in the way of a later one; and no client's own port
        # may be one of ours, or it would connect to itself.
        self.sh(
            "cd /proc/sys/net/ipv4; echo 0 >tcp_max_tw_buckets; echo 20000 65000 >ip_local_port_range"
        )

    def words(self, arguments):
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net", *map(str, arguments)]

    def sh(self, script):
        subprocess.run(self.words(["sh", "-ec", script]), check=True)

    def nft(self, rules):
        subprocess.run(self.words(["nft", "-f", "-"]), input=rules, text=True, check=True)

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


class Ground:
    """Everything of it is gone after close()."""

    def __init__(self, processor):
        self.whither = os.environ["WHITHER"]
        self.programs = os.environ["BENCH_PROGRAMS"]
        self.processor = processor
        self.state = None
        self._stack = contextlib.ExitStack()
        try:
            self._make()
        except BaseException:
            self.close()
            raise

    def _make(self):
        lock = os.open(LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self._stack.callback(os.close, lock)
        fcntl.flock(lock, fcntl.LOCK_EX)
        shown = subprocess.run([self.whither, "show", "--json"], text=True, capture_output=True)
        if '"active": true' in shown.stdout:
            raise Trouble("whither is active on this machine; whither down --all, then try again")
        self._stack.callback(self.put, "down")
        self.directory = tempfile.mkdtemp(prefix="whither-bench-")
        self._stack.callback(subprocess.run, ["rm", "-rf", self.directory])
        # Any program of bench/ may have to read it as another user.
        os.chmod(self.directory, 0o755)
        root = cgroup_root()
        self.cgroup_name = f"/whither-bench-{os.getpid()}"
        self.cgroup = root + self.cgroup_name
        os.mkdir(self.cgroup)
        self._stack.callback(os.rmdir, self.cgroup)
        for name in ("plain", "redirect", "tproxy"):
            namespace = Namespace()
            setattr(self, name, namespace)
            self._stack.callback(namespace.close)
        self.redirect.nft(NFT_REDIRECT)
        self.redirect.sh(
            "cd /proc/sys/net/netfilter;"
            "for name in time_wait close; do echo 1 >nf_conntrack_tcp_timeout_$name; done"
        )
        self.tproxy.nft(NFT_TPROXY)
        self.tproxy.sh("ip rule add fwmark 1 lookup 100; ip route add local 0.0.0.0/0 dev lo table 100")

    def put(self, state):
        """down; user: up, the owner stated by user, all hooks at the root; cgroup: up, the owner
        stated by cgroup, the hooks of sockets' options there."""
        if state == self.state:
            return
        if state == "down":
            words = ["down", "--all"]
        else:
            owner = f"user = {PROXY_USER}" if state == "user" else f"cgroup = {self.cgroup_name}"
            path = f"{self.directory}/bench.conf"
            with open(path, "w") as file:
                file.write(RULES % {"owner": f"owner-{owner}"})
            words = ["up", path]
        done = subprocess.run(
            self.plain.words([self.whither, *words]) if state != "down" else [self.whither, *words],
            text=True,
            capture_output=True,
        )
        if done.returncode:
            raise Trouble(f"whither {words[0]} failed: {done.stderr.strip()}")
        self.state = state

    def run(self, namespace, program, timeout=120, before=(), environment=None, **arguments):
        """Runs one of the measuring programs, by way of the words before it; what it printed, as {first word: rest}."""
        words = [*before, f"{self.programs}/{program}", f"cpu={self.processor}"]
        words += [f"{name.replace('_', '-')}={value}" for name, value in arguments.items()]
        child = subprocess.Popen(
            getattr(self, namespace).words(words),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
        )
        try:
            printed, complaint = child.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            raise Trouble(f"{program} did not end in {timeout} s: {' '.join(words[1:])}") from None
        finally:
            # Whatever it started is in its session and group.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if child.returncode:
            raise Trouble(f"{' '.join(words)}: {complaint.strip()}")
        return [line.split() for line in printed.splitlines()]

    def serve(self, port, words, text=""):
        """Starts a program as the redirector's owner; returns its process when it listens. FILE among
        the words: a file with this text."""
        paths = [f"{self.directory}/serve-{port}.{kind}" for kind in ("conf", "log")]
        with open(paths[0], "w") as file:
            file.write(text)
        user = ["setpriv", f"--reuid={PROXY_USER}", f"--regid={PROXY_USER}", "--clear-groups"]
        words = [paths[0] if word == "FILE" else word for word in words]
        with open(paths[1], "wb") as log:
            process = subprocess.Popen(
                self.plain.words([*user, *words]), stdout=subprocess.DEVNULL, stderr=log
            )
        for _ in range(500):
            shown = subprocess.run(
                self.plain.words(["ss", "-Hltn", f"sport = :{port}"]), text=True, capture_output=True
            )
            if shown.stdout.strip():
                return process
            if process.poll() is not None:
                break
            time.sleep(0.01)
        process.kill()
        process.wait()
        with open(paths[1], errors="replace") as log:
            raise Trouble(f"{words[0]} does not listen: {log.read().strip()}")

    def close(self):
        self._stack.close()
