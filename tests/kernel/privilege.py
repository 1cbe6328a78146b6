# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What needs privilege says which; what needs none works without."""
import errno
import json
import os
import shutil
import subprocess

import kernel_worker as do
from kernel_scene import *
from kernel_state import PINS
from kernel_worker import Worker

PROXY, TARGET = ("127.0.0.1", 12345), ("192.0.2.71", 80)
RULES = "[redirector one]\nlisten = 127.0.0.1:12345\nremote-address = 192.0.2.0/24\n"
SOMEBODY = 60001
NEEDED = ("bpf", "net_admin", "perfmon")


def write(scene, text=RULES):
    """A rule file that everybody can read."""
    os.chmod(scene.directory, 0o755)
    path = f"{scene.directory}/web.conf"
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o644)
    return path


def program(scene):
    """whither, where everybody can run it."""
    path = f"{scene.directory}/whither"
    if not os.path.exists(path):
        os.chmod(scene.directory, 0o755)
        shutil.copy(scene.whither, path)
        os.chmod(path, 0o755)
    return path


def run(scene, words, uid=None, names=None, ambient=False, stdin=subprocess.DEVNULL):
    """Runs whither as uid (root), with these capabilities alone (all)."""
    whom = ["setpriv"]
    if uid is not None:
        whom += [f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    if names is not None:
        only = ",".join(["-all", *(f"+{name}" for name in names)])
        for kind in ("--inh-caps", "--ambient-caps" if ambient else "--bounding-set"):
            whom += [kind, only]
    done = subprocess.run(
        [*whom, program(scene), *words],
        stdin=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@case
def each_missing_capability_is_named_and_nothing_is_changed(scene):
    path = write(scene)
    for missing in NEEDED:
        names = [name for name in NEEDED if name != missing]
        for words in (["up", path], ["show"], ["down", "web"]):
            status, _, told = run(scene, words, names=names)
            equal(status, 1, f"{words[0]} without {missing}: exit status ({told})")
            check(f"CAP_{missing.upper()}" in told, f"{words[0]} without {missing} says {told!r}")
            for other in names:
                check(f"CAP_{other.upper()}" not in told, f"without {missing} it says {told!r}")
        check(not os.path.lexists(PINS), f"the pin directory was made without {missing}")


@case
def the_three_capabilities_are_enough_and_sys_admin_stands_for_two(scene):
    path = write(scene)
    for names in (NEEDED, ("sys_admin", "net_admin")):
        for words in (["up", path], ["show"], ["down", "web"]):
            status, _, told = run(scene, words, names=names)
            equal(status, 0, f"{words[0]} with {names}: exit status ({told})")
    status, _, told = run(scene, ["up", path], names=("sys_admin",))
    check(status == 1 and "CAP_NET_ADMIN" in told, f"without net_admin: {status} {told}")


@case
def a_user_without_privilege_is_told_so_and_leaves_nothing(scene):
    path = write(scene)
    for words in (["up", path], ["down", "web"], ["show"]):
        status, _, told = run(scene, words, uid=SOMEBODY)
        equal(status, 1, f"{words}: exit status")
        check("CAP_BPF" in told, f"{words[0]} says {told!r}")
    scene.run("up", path)
    for words in (["up", path], ["down", "web"], ["down", "--all"], ["show"]):
        status, _, told = run(scene, words, uid=SOMEBODY)
        equal(status, 1, f"{words} while whither is up: exit status ({told})")
    equal(scene.show()["sets"][0]["name"], "web", "the set")


@case
def a_user_with_the_capabilities_who_is_not_root_leaves_no_directory_behind(scene):
    path = write(scene)
    status, _, told = run(scene, ["up", path], SOMEBODY, NEEDED, ambient=True)
    if status:
        check(not os.path.lexists(PINS), f"a directory is left ({told})")
    # Whatever it answered, root is not kept out.
    scene.run("up", path)
    equal(scene.show()["sets"][0]["name"], "web", "the set")


@case
def check_needs_no_privilege(scene):
    good = write(scene)
    status, told, _ = run(scene, ["check", good], uid=SOMEBODY)
    equal(status, 0, f"exit status of check ({told})")
    check("good" in told and "not compared" in told, f"check says {told!r}")
    bad = write(scene, "[redirector one]\nlisten = nowhere\n")
    status, told, _ = run(scene, ["check", bad], uid=SOMEBODY)
    equal(status, 1, f"exit status of check of a bad file ({told})")
    check("listen" in told, f"check says {told!r}")


@case
def query_needs_no_privilege(scene):
    scene.run("up", write(scene))
    listener, client = scene.listen(*PROXY), Worker(scene)
    client.call(do.connect, "a", *TARGET)
    accepted = scene.keep(listener.accept()[0])
    status, out, told = run(scene, ["query", "--json"], uid=SOMEBODY, stdin=accepted)
    equal(status, 0, f"exit status of query ({told})")
    check(TARGET[0] in out and json.loads(out), f"query says {out!r}")
    # A connection that was not redirected, and no socket at all.
    direct = scene.listen("127.0.0.1")
    client.call(do.connect, "b", *direct.getsockname())
    status, _, told = run(scene, ["query"], uid=SOMEBODY, stdin=scene.keep(direct.accept()[0]))
    check(status == 1 and "not redirected" in told, f"a direct connection: {status} {told}")
    status, _, told = run(scene, ["query"], uid=SOMEBODY)
    check(status == 1 and "not a socket" in told, f"no socket: {status} {told}")


@case
def an_unprivileged_proxy_asks_and_sets_records_without_whither_or_its_library(scene):
    origin = scene.listen(ORIGIN4)
    proxy, client = Worker(scene, uid=SOMEBODY), Worker(scene, uid=SOMEBODY + 1)
    proxy.call(do.listen, "listener", *PROXY)
    scene.run("up", write(scene))
    client.send(do.connect, "a", *origin.getsockname())
    proxy.call(do.accept, "listener", "a")
    client.result()
    proxy.call(do.relate_and_connect, "a", "onward")
    scene.keep(origin.accept()[0])
    with refused(errno.ENOENT, "records of a connection that was related, not redirected"):
        proxy.call(do.ask, "onward")


main(__file__)
