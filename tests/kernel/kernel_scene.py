# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The ground of every kernel test: a network namespace and a cgroup of its own, a clean whither,
and cases that are counted one by one (TAP).

A test is a script that defines cases and calls main():

    from kernel_scene import *

    @case
    def a_client_is_redirected(scene):
        scene.up("web", "[redirector one]\\nlisten = 127.0.0.1:12345\\n")
        ...

    main(__file__)

Exit codes: 0 all passed, 1 some failed, 77 skipped as a whole (no root, no kernel support).
"""
import contextlib
import fcntl
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))

from test_cases import *

# Documentation prefixes (RFC 5737, RFC 3849), on the loopback interface of the test's namespace.
ORIGIN4 = "192.0.2.10"
ORIGIN6 = "2001:db8::10"
# Nobody's: what is not redirected has no route there (ENETUNREACH).
NOBODY4 = "192.0.2.77"
NOBODY6 = "2001:db8::77"

LOCK = "/run/whither-test.lock"
# Under "whither run --engine seccomp --rules RULES" the same cases try the engine without privilege.
ENGINE = os.environ.get("WHITHER_TEST_ENGINE", "kernel")
RULES = os.environ.get("WHITHER_TEST_RULES")
# That one needs no root either: an ordinary user makes a namespace where he has networks, and no other users.
ONE_USER = os.environ.get("WHITHER_TEST_NAMESPACE") == "user"


@contextlib.contextmanager
def refused(error, what=""):
    """The block must fail with this errno."""
    try:
        yield
    except OSError as caught:
        equal(os.strerror(caught.errno), os.strerror(error), what or "error")
        return
    raise Failure(f"{what or 'the call'} succeeded, expected {os.strerror(error)}")


def needs_users():
    if ONE_USER:
        raise NotHere("there is one user here, and this is about others")


def cgroup_root():
    with open("/proc/self/mountinfo") as mounts:
        for line in mounts:
            left, right = line.rstrip("\n").split(" - ", 1)
            if right.split(" ")[0] == "cgroup2":
                return left.split(" ")[4]
    skip("cgroup v2 is not mounted")


class Child:
    """A function that runs in a process of its own. result() waits for what it returned, and
    raises what it raised. It may be given a uid and a cgroup to run in."""

    def __init__(self, function, *arguments, uid=None, gid=None, cgroup=None):
        if uid is not None:
            needs_users()
        self._read, write = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(write)
            return
        code = 1
        try:
            os.close(self._read)
            # The test's own handlers and files are the parent's business.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            if cgroup:
                with open(cgroup + "/cgroup.procs", "w") as procs:
                    procs.write("0")
            if uid is not None:
                os.setgroups([])
                os.setresgid(gid or uid, gid or uid, gid or uid)
                os.setresuid(uid, uid, uid)
            try:
                answer = (True, function(*arguments))
            except BaseException as error:  # handed to the parent
                answer = (False, error)
            with os.fdopen(write, "wb") as pipe:
                try:
                    pickle.dump(answer, pipe)
                except Exception:
                    pickle.dump((False, Failure(repr(answer))), pipe)
            code = 0
        finally:
            os._exit(code)

    def result(self, timeout=20):
        deadline = time.monotonic() + timeout
        data = b""
        os.set_blocking(self._read, False)
        while True:
            try:
                part = os.read(self._read, 65536)
                if not part:
                    break
                data += part
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self.kill()
                    raise Failure("a child process did not end in time") from None
                time.sleep(0.002)
        os.close(self._read)
        self._read = -1
        os.waitpid(self.pid, 0)
        self.pid = 0
        if not data:
            raise Failure("a child process ended without a result")
        succeeded, value = pickle.loads(data)
        if not succeeded:
            raise value
        return value

    def kill(self, number=signal.SIGKILL):
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
            self.pid = 0
        if self._read >= 0:
            os.close(self._read)
            self._read = -1


class Scene:
    """What a case works with. Everything it makes is gone when the case ends."""

    def __init__(self, name):
        self.name = name
        self.whither = os.environ.get("WHITHER", "whither")
        self.directory = tempfile.mkdtemp(prefix="whither-test-")
        self.cgroup = None if ONE_USER else f"{cgroup_root()}/whither-test-{name}-{os.getpid()}"
        self.sets = []
        self._stack = contextlib.ExitStack()
        if self.cgroup:
            os.mkdir(self.cgroup)

    def keep(self, thing):
        """Closes or kills thing when the case ends."""
        if hasattr(thing, "kill"):
            self._stack.callback(thing.kill)
        else:
            self._stack.callback(thing.close)
        return thing

    def later(self, function, *arguments):
        """Calls function when the case ends."""
        self._stack.callback(function, *arguments)

    def child(self, function, *arguments, **options):
        """Runs function in a process of its own; see Child."""
        return self.keep(Child(function, *arguments, **options))

    def run(self, *arguments, expect=0, stdin=None):
        """Runs whither; returns its standard output. expect: its exit status, None for any."""
        done = subprocess.run(
            [self.whither, *arguments], input=stdin, text=True, capture_output=True, timeout=120
        )
        self.stderr = done.stderr
        self.status = done.returncode
        if expect is not None and done.returncode != expect:
            raise Failure(
                f"whither {' '.join(arguments)} ended with {done.returncode}, expected {expect}: "
                f"{done.stderr.strip()} {done.stdout.strip()}"
            )
        return done.stdout

    def up(self, name, rules):
        """Makes rules (the text of a rule file) the active set of this name."""
        path = f"{RULES or self.directory}/{name}.conf"
        with open(path, "w") as file:
            file.write(rules)
        if name not in self.sets:
            self.sets.append(name)
        if RULES:
            reload_rules()
        else:
            self.run("up", path)

    def down(self, name="--all"):
        if RULES:
            _down(self.whither, name)
        else:
            self.run("down", name)

    def show(self):
        """The parsed output of "whither show --json"."""
        import json

        return json.loads(self.run("show", "--json"))

    def subcgroup(self, name):
        """A cgroup below the scene's; its path."""
        if ONE_USER:
            raise NotHere("this is about cgroups, and none may be made here")
        path = f"{self.cgroup}/{name}"
        os.mkdir(path)
        return path

    def listen(self, address, port=0, family=None, backlog=128):
        """A listening socket of this process; at "::" it takes both families, and IPv4 as v4-mapped."""
        family = family or (socket.AF_INET6 if ":" in address else socket.AF_INET)
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(backlog)
        listener.settimeout(10)
        return self.keep(listener)

    def close(self):
        self._stack.close()
        for _ in range(200 if self.cgroup else 0):
            with contextlib.suppress(OSError):
                for below, _, _ in os.walk(self.cgroup, topdown=False):
                    os.rmdir(below)
                break
            time.sleep(0.01)
        subprocess.run(["rm", "-rf", self.directory], check=False)


def reload_rules():
    """Has the supervisor read its rule files again."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as supervisor:
        supervisor.connect(os.environ["WHITHER_SUPERVISOR"] + "/supervisor")
        supervisor.sendall(struct.pack("=IHHII", 0x31535257, 3, 0, 0, 0) + bytes(128))
        error = struct.unpack_from("=i", supervisor.recv(2000))[0]
    check(not error, f"the rules are refused: {os.strerror(-error)}")


def _prepare_namespace():
    """Runs this script again in a network namespace of its own, under the machine's lock."""
    if os.environ.get("WHITHER_TEST_NAMESPACE"):
        return
    if ENGINE == "seccomp":
        root, own = not os.geteuid(), ["unshare", "--net", "--map-root-user"]
        if not root and subprocess.run([*own, "true"], capture_output=True, check=False).returncode:
            skip("these need root, or user namespaces for everybody")
        rules = tempfile.mkdtemp(prefix="whither-rules-")
        os.environ.update(WHITHER_TEST_NAMESPACE="own" if root else "user", WHITHER_TEST_RULES=rules)
        os.execvp("unshare", [*(own[:2] if root else own), "sh", "-c",
                              'rules=$0; "$@"; status=$?; rm -rf "$rules"; exit $status', rules,
                              os.environ.get("WHITHER", "whither"), "run", "--engine", "seccomp",
                              "--rules", rules, "--", sys.executable, *sys.argv])
    if os.geteuid():
        skip("kernel tests need root")
    lock = os.open(LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.set_inheritable(lock, True)
    os.environ["WHITHER_TEST_NAMESPACE"] = "own"
    os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])


def _fill_namespace():
    for words in (
        "link set lo up",
        f"addr add {ORIGIN4}/32 dev lo",
        f"addr add {ORIGIN6}/128 dev lo nodad",
    ):
        subprocess.run(["ip", *words.split()], check=True)


def _down(whither, name="--all"):
    if RULES:
        for file in os.listdir(RULES):
            if name in ("--all", file[: -len(".conf")]):
                os.unlink(f"{RULES}/{file}")
        reload_rules()
        return
    subprocess.run([whither, "down", name], capture_output=True, check=False)


def _run(function, name, ground):
    scene = Scene(name)
    try:
        if ground:
            scene.up("ground", ground)
            scene.sets.remove("ground")
        function(scene)
    finally:
        scene.close()
        for one in scene.sets if ground else ["--all"]:
            _down(scene.whither, one)


def main(path, ground=None):
    """Runs all cases, or those whose names are given as arguments.

    ground: rules that stay up between the cases, so that the kernel programs are not loaded anew
    for each (seconds of the verifier's time); the sets that a case brought up still end with it.
    """
    _prepare_namespace()
    _fill_namespace()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    whither = os.environ.get("WHITHER", "whither")
    _down(whither)
    name = os.path.basename(path).rsplit(".", 1)[0]
    try:
        failed = run_cases(lambda function: _run(function, name, ground))
    finally:
        _down(whither)
    sys.exit(1 if failed else 0)
