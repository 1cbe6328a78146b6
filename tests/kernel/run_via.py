# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither run --via: the command's connects reach their destination by way of another proxy."""
import os
import struct

from chain_proxies import Destination, guid
from kernel_connection import GROUND
from kernel_program import *
from kernel_scene import *
from run_support import *
from upstream_proxy import Upstream


def ends_with(scene, status, *words, said=None, **options):
    """As run_support's, with a ground that stays."""
    program = run(scene, *words, **options)
    equal(program.ends(), status, f"status of run {' '.join(map(str, words))[:60]}")
    equal(cgroups_below(scene), [], "cgroups")
    if said is not None:
        equal(program.stderr(), said, "what it said")
    return program


def environment(**more):
    return {**os.environ, **more}


def reaches(scene, upstream, *targets, more=(), **options):
    """The command gets its answers; what the upstream saw."""
    script = "; ".join(" ".join(f"'{word}'" for word in client(target)) for target in targets)
    program = ends_with(scene, 0, "-v", "--via", upstream.url, *more, "--", "bash", "-c", script,
                        **options)
    # To the command, nothing of this shows.
    equal(program.stdout(), "".join(f"{target[0]} <ping>\n" for target in targets), "output")
    seen = [upstream.seen() for _ in targets]
    equal([(one["error"], one["target"]) for one in seen], [("", list(name)) for name in targets],
          "the upstream's view")
    upstream.nothing_more()
    return program.stderr().splitlines()


@case
def both_families_go_through_each_kind(scene):
    targets = Destination(scene, ORIGIN4).name, Destination(scene, ORIGIN6).name
    for kind in ("socks5", "http", "proxy-protocol"):
        for address in ("127.0.0.1", "::1"):
            lines = reaches(scene, Upstream(scene, kind, address), *targets)
            for target, line in zip(targets, lines):
                at = f"[{target[0]}]:{target[1]}" if ":" in target[0] else "%s:%d" % target
                check(f" to={at} " in line and " sent=4 received=6 " in line, f"line {line!r}")


@case
def a_name_is_looked_up_and_each_address_tried(scene):
    # localhost is ::1 first here, where nobody listens.
    upstream = Upstream(scene, "socks5", "127.0.0.1")
    upstream.url = f"socks5://localhost:{upstream.port}"
    reaches(scene, upstream, Destination(scene).name)


@case
def the_password_comes_from_a_file_or_the_environment(scene):
    target = Destination(scene).name
    path = f"{scene.directory}/credentials"
    for kind in ("socks5", "http"):
        upstream = Upstream(scene, kind, password="me:sec:ret")
        with open(path, "w") as file:
            file.write("me:sec:ret\n")
        os.chmod(path, 0o600)
        reaches(scene, upstream, target, more=("--via-credentials", path))
        variables = environment(WHITHER_VIA_USER="me", WHITHER_VIA_PASSWORD="sec:ret")
        reaches(scene, upstream, target, env=variables)
        # The file goes first.
        reaches(scene, upstream, target, more=("--via-credentials", path),
                env=environment(WHITHER_VIA_USER="x", WHITHER_VIA_PASSWORD="y"))
        program = ends_with(scene, 0, "--via", upstream.url, "--", "env", env=variables, said="")
        check("WHITHER_VIA" not in program.stdout(), "the command sees the password")
        # A wrong one: said without -v too, and never shown.
        program = ends_with(scene, 1, "--via", upstream.url, "--", *client(target),
                            env=environment(WHITHER_VIA_USER="me", WHITHER_VIA_PASSWORD="wrong1"))
        upstream.seen()
        check("does not accept this user" in program.stderr(), f"it says {program.stderr()}")
        check("wrong1" not in program.stderr(), "it shows the password")
        os.chmod(path, 0o640)
        said = ends_with(scene, 125, "--via", upstream.url, "--via-credentials", path, "--",
                         "true").stderr()
        check("chmod 600" in said and "sec" not in said, f"it says {said!r}")


@case
def the_proxy_header_has_the_facts(scene):
    upstream = Upstream(scene, "proxy-protocol")
    target = Destination(scene).name
    program = run(scene, "--via", upstream.url, "--context", "text:hello there", "--user=nobody",
                  "--", "bash", "-c", f"echo $$; exec 3<>/dev/tcp/{target[0]}/{target[1]}; "
                  "echo ping >&3; read -r -N 5 -u 3 got; echo \"$got\"")
    pid = int(program.line())
    equal((program.line(), program.ends()), ("<ping", 0), "the command")
    seen = upstream.seen()
    tlvs = {kind: bytes.fromhex(value) for kind, value in seen["tlvs"].items()}
    equal(sorted(tlvs), ["e0", "e1", "e2", "e3", "e4"], "TLVs")
    equal(tlvs["e0"], b"hello there", "the context")
    found = struct.unpack("!IIIIQQQ", tlvs["e1"])
    equal(found[:3], (pid, 65534, 65534), "pid, uid, gid")
    check(found[4] == os.stat("/bin/bash").st_ino, "the executable's inode")
    check(found[5] and found[6], "start time and cgroup")
    check(tlvs["e2"] == b"bash", f"the name {tlvs['e2']}")
    equal(tlvs["e3"].decode(), os.uname().nodename, "the host")
    equal(tlvs["e4"].hex(), guid(f"run-{program.pid}/relay"), "the hops")
    equal(seen["source"][0], "127.0.0.1", "the source")
    check(seen["source"][1], "the source's port")


@case
def what_a_proxy_may_do_wrong_is_said(scene):
    target = Destination(scene).name
    for kind, raw, words in (
        ("socks5", "HTTP/1.1 400 Bad Request\r\n\r\n", "malformed SOCKS answer"),
        ("socks5", "\5\1", "not offered"),
        ("socks5", "\5\0\5\0\0\1\0\0\0\0\0\0", "bytes more than its answer"),
        ("http", "SSH-2.0-x\r\n", "malformed HTTP answer: it begins with 'SSH-2.0-x'"),
        ("http", "HTTP/1.1 200 " + "x" * 9000, "longer than"),
        ("http", "HTTP/1.1 403 \33[2JNo\r\n\r\n", "'HTTP/1.1 403 ?[2JNo'"),
    ):
        upstream = Upstream(scene, kind, raw=raw)
        # With -v it is in the connection's line, without it is said as well.
        more = ("-v",) if kind == "http" else ()
        said = ends_with(scene, 1, *more, "--via", upstream.url, "--", *client(target)).stderr()
        equal(said.count("whither: "), 1, f"lines about it, in {said}")
        check(words in said, f"it says {said}, expected {words}")
    program = ends_with(scene, 1, "--via", "socks5://127.0.0.1:1", "--", *client(target))
    check("the upstream proxy cannot be reached" in program.stderr(), program.stderr())
    # One that never answers.
    upstream = Upstream(scene, "socks5", raw="")
    program = ends_with(scene, 1, "--via", upstream.url, "--handshake-timeout", "1", "--",
                        *client(target))
    check("did not answer in time" in program.stderr(), program.stderr())


@case
def what_it_does_not_take_it_says(scene):
    for words, said in (
        (("--via", "socks5h://h:1"), "an address, not a name"),
        (("--via", "socks5://me:secret@h:1"), "--via-credentials"),
        (("--via", "nonsense"), "expected socks5://"),
        (("--via", "socks5://no-such-host.invalid:1"), "not found"),
        (("--via-credentials", "/dev/null"), "there is no --via"),
        (("--via", "proxy-protocol://127.0.0.1:1", "--via-credentials", "/dev/null"), "knows no"),
        (("--via", "socks5://127.0.0.1:1", "--via-credentials", "/nonexistent"), "No such file"),
        (("--via", "socks5://127.0.0.1:1", "--via-credentials", "/dev/null"), "regular file"),
        (("--to", "127.0.0.1:1", "--via", "socks5://127.0.0.1:1"), "--via is about the embedded"),
        (("--idle-timeout", "x"), "expected a number"),
        (("--max-per-user", "0"), "expected a number"),
    ):
        program = ends_with(scene, 125, *words, "--", "true")
        check(said in program.stderr() and "secret" not in program.stderr(),
              f"{words}: it says {program.stderr()!r}")


main(__file__, ground=GROUND)
