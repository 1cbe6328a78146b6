# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The pin directory: squatted, damaged, out of sight; and verbs that come all at once."""
import errno
import json
import os
import subprocess

import kernel_worker as do
from kernel_scene import *
from kernel_state import CONNECTION_MAPS, PINS, Counters, attached, eventually, nothing_left
from kernel_worker import Worker

PROXY, TARGET, OTHER = ("127.0.0.1", 12345), ("192.0.2.71", 80), ("198.51.100.71", 80)
NOBODY = 65534


def rules(target=TARGET, more="", port=PROXY[1]):
    return (
        f"[redirector one]\nlisten = 127.0.0.1:{port}\nremote-address = {target[0]}\n"
        f"context = text:{target[0]}\n{more}"
    )


class Probe:
    """Whether a target is taken, by a real connect."""

    def __init__(self, scene):
        self.proxy, self.client = Worker(scene), Worker(scene)
        self.proxy.call(do.listen, "listener", *PROXY)

    def taken(self, target):
        self.client.send(do.connect, "probe", *target)
        self.proxy.call(do.accept, "listener", "probe")
        self.client.result()
        origin, hops, _ = self.proxy.call(do.ask, "probe")
        equal((origin.destination, hops), (target, [target]), "records")
        equal(self.proxy.call(do.context, "probe"), target[0].encode(), "context")
        for worker in (self.client, self.proxy):
            worker.call(do.close, "probe")

    def left_alone(self, target):
        with refused(errno.ENETUNREACH, f"a connect to {target} that nobody takes"):
            self.client.call(do.connect, "probe", *target)


def make_map(path):
    subprocess.run(
        ["bpftool", "map", "create", path, "type", "array", "key", "4", "value", "4"]
        + ["entries", "1", "name", "foreign"],
        check=True,
    )


def remove(path):
    subprocess.run(["rm", "-rf", path], check=True)


def programs_left():
    """Whither's programs at the root of cgroup v2."""
    return [name for name in attached(cgroup_root()) if name.startswith("wh_")]


def squat(kind):
    if kind == "a user's directory":
        os.mkdir(PINS, 0o700)
        os.chown(PINS, NOBODY, NOBODY)
    elif kind == "an open directory":
        os.mkdir(PINS)
        os.chmod(PINS, 0o777)
    elif kind == "a link":
        os.mkdir(PINS + "-elsewhere", 0o700)
        os.symlink(PINS + "-elsewhere", PINS)
    else:
        make_map(PINS)


@case
def a_squatted_directory_is_refused_in_words_and_nothing_is_put_there(scene):
    path = f"{scene.directory}/web.conf"
    with open(path, "w") as file:
        file.write(rules())
    for kind, word in {
        "a user's directory": "nobody",
        "an open directory": "777",
        "a link": "not a directory",
        "a map": "not a directory",
    }.items():
        remove(PINS)
        squat(kind)
        scene.later(remove, PINS)
        scene.later(remove, PINS + "-elsewhere")
        for words in (["up", path], ["show"], ["down", "--all"]):
            scene.run(*words, expect=1)
            for expected in (PINS, word):
                check(expected in scene.stderr, f"{kind}: {words[0]} says {scene.stderr!r}")
        for place in (PINS, PINS + "-elsewhere"):
            if os.path.isdir(place):
                equal(os.listdir(place), [], f"{kind}: what was put there")
        equal(programs_left(), [], kind)
        remove(PINS)
        remove(PINS + "-elsewhere")
    scene.run("up", path)


@case
def down_all_removes_foreign_pins_from_whithers_own_directory_and_no_others(scene):
    elsewhere = PINS + "-neighbour"
    scene.later(remove, elsewhere)
    probe = Probe(scene)
    scene.up("web", rules())
    make_map(elsewhere)
    make_map(PINS + "/foreign")
    make_map(PINS + "/link_foreign")
    os.symlink("/nowhere", PINS + "/symlink")
    os.makedirs(PINS + "/directory/deeper")
    make_map(PINS + "/directory/deeper/foreign")
    probe.taken(TARGET)
    scene.up("web", rules(OTHER))
    probe.taken(OTHER)
    scene.run("down", "--all")
    check(not os.path.lexists(PINS), "the pin directory is left")
    check(os.path.exists(elsewhere), "a neighbour's pin is gone")
    equal(programs_left(), [], "programs")


def pins(prefix):
    return sorted(name for name in os.listdir(PINS) if name.startswith(prefix))


KEPT = ("203.0.113.71", 80)


def without_maps(scene, probe):
    """Two sets; then, in turn, each map without its pin, and all maps and tables without."""
    scene.up("kept", rules(KEPT))
    scene.up("web", rules())
    maps = pins("wh_")
    check(set(CONNECTION_MAPS) <= set(maps), f"maps: {maps}")
    for number in range(len(maps) + 1):
        names = [maps[number]] if number < len(maps) else maps + pins("rules_")
        for name in names:
            os.unlink(f"{PINS}/{name}")
        yield number, names


@case
def when_any_map_has_lost_its_pin_the_next_up_puts_it_back_and_nothing_is_lost(scene):
    probe = Probe(scene)
    for number, names in without_maps(scene, probe):
        probe.taken(TARGET)  # the rules are in force all the time
        scene.up("web", rules(OTHER))
        for target in (OTHER, KEPT):
            probe.taken(target)
        probe.left_alone(TARGET)
        eventually(nothing_left)
        check(set(names) <= set(pins("")) | {name for name in names if name[:6] == "rules_"},
              f"{names} is not pinned again")
        equal(Counters("one", "kept").taken, number + 1, f"taken, after the loss of {names}")
        scene.up("web", rules())
    equal(len(scene.show()["sets"]), 2, "sets")
    scene.run("down", "--all")
    check(not os.path.exists(PINS), "the pin directory is left")


@case
def when_any_map_has_lost_its_pin_show_says_which_and_what_to_do(scene):
    probe = Probe(scene)
    for _, names in without_maps(scene, probe):
        for words in (["show"], ["show", "connections"], ["down", "web"]):
            scene.run(*words, expect=1)
            for expected in (*(names if len(names) == 1 else []), "whither up", "down --all"):
                check(expected in scene.stderr, f"{words}, without {names}: {scene.stderr!r}")
        scene.up("web", rules())
    # Where no hook is left that uses them there is nothing to put back, nor in force.
    for name in pins(""):
        if name != "link_list_accepted":
            os.unlink(f"{PINS}/{name}")
    path = f"{scene.directory}/web.conf"
    scene.run("up", path, expect=1)
    check("down --all" in scene.stderr, f"up says {scene.stderr!r}")
    scene.run("down", "--all")
    check(not os.path.exists(PINS), "the pin directory is left")
    scene.run("up", path)
    probe.taken(TARGET)


@case
def down_all_removes_everything_whichever_pins_are_lost(scene):
    probe = Probe(scene)
    for _, names in without_maps(scene, probe):
        scene.run("down", "--all")
        check(not os.path.exists(PINS), f"the pin directory is left, without {names}")
        equal(programs_left(), [], f"programs, without {names}")
        probe.left_alone(TARGET)
        scene.up("kept", rules(KEPT))
        scene.up("web", rules())


@case
def when_any_link_has_lost_its_pin_show_says_so_and_up_attaches_it_again(scene):
    probe = Probe(scene)
    owner = Worker(scene, uid=60001)
    owner.call(do.listen, "listener", "127.0.0.1", 12399)
    owned = rules(OTHER, "owner-user = 60001\n", 12399)
    scene.up("web", rules())
    scene.up("owned", owned)
    hooks = [name for name in pins("link_") if name != "link_list_accepted"]
    equal(len(hooks), 11, f"hooks: {hooks}")
    for names in [[name] for name in hooks] + [hooks]:
        for name in names:
            os.unlink(f"{PINS}/{name}")
        warnings = "\n".join(scene.show()["warnings"])
        for name in names:
            check(f"hook {name[5:]} is not attached" in warnings, f"{name}: {warnings}")
        scene.up("web", rules())
        probe.taken(TARGET)
        equal(pins("link_"), sorted(hooks + ["link_list_accepted"]), "pins after up")
        check("not attached" not in "\n".join(scene.show()["warnings"]), "warnings after up")
    for name in hooks:
        os.unlink(f"{PINS}/{name}")
    scene.run("down", "--all")
    check(not os.path.exists(PINS), "the pin directory is left")


@case
def a_link_whose_cgroup_is_gone_is_in_nobodys_way(scene):
    probe = Probe(scene)
    gone = scene.subcgroup("gone")
    scene.up("web", rules(OTHER, f"owner-cgroup = {gone}\n", 12399))
    equal(attached(gone, "getsockopt"), ["wh_getsockopt"], "programs of the proxies' cgroup")
    os.rmdir(gone)
    scene.show()
    scene.up("second", rules(TARGET))
    probe.taken(TARGET)
    scene.up("web", rules(OTHER))
    probe.taken(OTHER)
    equal([name for name in pins("link_getsockopt")], ["link_getsockopt"], "links of getsockopt")
    scene.run("down", "--all")
    check(not os.path.exists(PINS), "the pin directory is left")


def without_pins(scene, script, expect=0):
    """Runs a shell script in a mount namespace that has no bpf file system."""
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", f"umount -l /sys/fs/bpf && {script}", scene.whither],
        capture_output=True,
        text=True,
        check=False,
    )
    equal(done.returncode, expect, f"exit status ({done.stderr})")
    return done.stdout, done.stderr


@case
def where_the_bpf_file_system_is_missing_up_mounts_it_and_show_does_not(scene):
    path = f"{scene.directory}/web.conf"
    with open(path, "w") as file:
        file.write(rules())
    out, _ = without_pins(scene, 'grep -c " /sys/fs/bpf " /proc/self/mounts; "$0" show')
    equal(out, "0\nwhither is not active\n", "before")
    out, _ = without_pins(scene, 'show() { "$0" show --json; }; show >/dev/null; '
                          f'"$0" show; "$0" up {path}; grep -c " /sys/fs/bpf bpf " /proc/self/mounts; '
                          'show; "$0" down --all')
    lines = out.split("\n", 2)
    equal(lines[:2], ["whither is not active", "1"], "mounts after show, and after up")
    equal(json.loads(lines[2])["sets"][0]["name"], "web", "the set")
    check(not os.path.exists(PINS), "pins where they do not belong")


@case
def a_second_whither_whose_pins_are_elsewhere_is_refused_in_words(scene):
    probe = Probe(scene)
    scene.up("web", rules())
    path = f"{scene.directory}/second.conf"
    with open(path, "w") as file:
        file.write(rules(OTHER))
    _, told = without_pins(scene, f'"$0" up {path}', expect=1)
    for word in ("another whither is active", "mount namespace", "down --all"):
        check(word in told, f"{word!r} is not in the refusal: {told}")
    probe.taken(TARGET)
    probe.left_alone(OTHER)
    # As it says: from there it can be ended.
    without_pins(scene, '"$0" down --all')
    equal(programs_left(), [], "programs")
    probe.left_alone(TARGET)


@case
def twenty_verbs_at_once_all_succeed_one_after_another(scene):
    probe = Probe(scene)
    scene.up("web", rules())
    paths = []
    for number in range(20):
        path = f"{scene.directory}/n{number}.conf"
        with open(path, "w") as file:
            file.write(rules(("203.0.113.7", 80), port=13000 + number))
        paths.append(path)

    def all_at_once(*verbs):
        running = [
            subprocess.Popen([scene.whither, *verb], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for verb in verbs
        ]
        for verb, one in zip(verbs, running):
            _, told = one.communicate(timeout=100)
            equal(one.returncode, 0, f"{verb} ({told})")

    all_at_once(*(["up", path] for path in paths))
    equal(len(scene.show()["sets"]), 21, "sets after twenty up")
    all_at_once(
        *([["down", f"n{number}"], ["up", paths[number]]][number % 2] for number in range(14)),
        *([["show"], ["show", "--json"], ["show", "connections"]] * 2),
    )
    left = sorted(one["name"] for one in scene.show()["sets"])
    equal(left, sorted(["web"] + [f"n{n}" for n in range(20) if n % 2 or n >= 14]), "sets left")
    probe.taken(TARGET)
    scene.run("down", "--all")


main(__file__)
