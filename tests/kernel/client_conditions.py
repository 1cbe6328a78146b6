# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Which connects a rule is about: each condition on both sides of its edge, and the order of
filters and redirectors."""
import shutil
import subprocess

from client_scene import *

NOBODY = 65534  # a uid, not a name: distributions differ in the group's

def attempt(target):
    """For a child: "taken" when the proxy answers, else the errno."""
    family = socket.AF_INET6 if ":" in target[0] else socket.AF_INET
    error = outcome(lambda: connected(family, target).close())
    return error or "taken"


def verdicts(scene, targets, **options):
    """What becomes of a connect to each target; backlogs are long enough to need no accept()."""
    return [scene.child(attempt, target, **options).result() for target in targets]


def listeners(scene):
    scene.listen(PROXY4, PORT)
    scene.listen(PROXY6, PORT)


LEFT = errno.ENETUNREACH  # left alone: there is no route


@case
def a_prefix_ends_where_it_says(scene):
    listeners(scene)
    more = "remote-address = 203.0.113.64/26, 198.51.100.9, 2001:db8:2::/47, 2001:db8:5::1\n"
    redirect(scene, AT4, AT6, more=more)
    inside = ("203.0.113.64", "203.0.113.127", "198.51.100.9", "::ffff:203.0.113.65")
    inside += ("2001:db8:2::1", "2001:db8:3:ffff::1", "2001:db8:5::1")
    outside = ("203.0.113.63", "203.0.113.128", "198.51.100.8", "::ffff:203.0.113.63")
    outside += ("2001:db8:1:ffff::1", "2001:db8:4::1", "2001:db8:5::2")
    with taken(scene, len(inside)):
        for address in inside:
            equal(verdicts(scene, [(address, 80)]), ["taken"], address)
        for address in outside:
            equal(verdicts(scene, [(address, 80)]), [LEFT], address)


@case
def ports_and_ranges_hold_their_ends(scene):
    listeners(scene)
    redirect(scene, AT4, more="remote-port = 80, 8000-8002, 65535\n")
    ports = (79, 80, 81, 7999, 8000, 8001, 8002, 8003, 65534, 65535)
    expected = [
        "taken" if port in (80, 8000, 8001, 8002, 65535) else LEFT for port in ports
    ]
    equal(verdicts(scene, [(AWAY4, port) for port in ports]), expected, "verdicts")


@case
def different_conditions_must_all_match_and_alternatives_one(scene):
    listeners(scene)
    more = "remote-address = 203.0.113.0/24\nremote-address = 198.51.100.0/24\nremote-port = 80\n"
    redirect(scene, AT4, more=more + f"user = {NOBODY}, root\n")
    targets = [("203.0.113.1", 80), ("198.51.100.1", 80), ("203.0.113.1", 81), (NOBODY4, 80)]
    expected = ["taken", "taken", LEFT, LEFT]
    equal(verdicts(scene, targets), expected, "as root")
    equal(verdicts(scene, targets, uid=NOBODY), expected, "as nobody")
    equal(verdicts(scene, targets, uid=1), [LEFT] * 4, "as another user")


@case
def the_user_is_the_effective_one_of_the_moment(scene):
    listeners(scene)
    redirect(scene, AT4, more=f"user = {NOBODY}\n")

    def client():
        with socket.socket() as early:
            os.seteuid(NOBODY)
            mine = outcome(early.connect, (AWAY4, 80))
            os.seteuid(0)
            return mine, attempt((AWAY4, 80))

    equal(scene.child(client).result(), (None, LEFT), "as nobody, then as root")


@case
def an_executable_is_its_file_whatever_its_name(scene):
    listener = scene.listen(PROXY4, PORT)
    helper = os.path.join(os.environ["WHITHER_HELPERS"], "raw_client")
    mine = shutil.copy(helper, f"{scene.directory}/mine")
    copy = shutil.copy(helper, f"{scene.directory}/copy")
    os.link(mine, f"{scene.directory}/link")
    redirect(scene, AT4, more=MATCH + f"exe = {mine}\n")

    def run(path):
        command = [path, "plain", AWAY4, "80"]
        return scene.keep(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))

    for path in (mine, f"{scene.directory}/link"):
        client = run(path)
        with arrive(scene, listener) as accepted:
            accepted.sendall(b"x")
        check(client.communicate(timeout=10)[0].startswith("connected"), path)
    said = run(copy).communicate(timeout=10)[0]
    equal(said.split(), ["errno", str(LEFT)], "a copy")
    equal(verdicts(scene, [(AWAY4, 80)]), [LEFT], "another program")


@case
def a_cgroup_holds_for_its_subtree_and_nothing_beside_it(scene):
    listeners(scene)
    inside, beside = scene.subcgroup("inside"), scene.subcgroup("inside-not")
    os.mkdir(f"{inside}/below")
    redirect(scene, AT4, more=MATCH + f"cgroup = {inside}\n")
    for cgroup, expected in (
        (inside, "taken"),
        (f"{inside}/below", "taken"),
        (beside, LEFT),
        (scene.cgroup, LEFT),
        (None, LEFT),
    ):
        equal(verdicts(scene, [(AWAY4, 80)], cgroup=cgroup), [expected], str(cgroup))


@case
def a_socket_keeps_the_cgroup_that_it_was_made_in(scene):
    listeners(scene)
    inside, outside = scene.subcgroup("inside"), scene.subcgroup("outside")
    redirect(scene, AT4, more=MATCH + f"cgroup = {inside}\n")

    def client(later):
        with socket.socket() as early:
            with open(f"{later}/cgroup.procs", "w") as procs:
                procs.write("0")
            return outcome(early.connect, (AWAY4, 80)) or "taken", attempt((AWAY4, 80))

    equal(scene.child(client, outside, cgroup=inside).result(), ("taken", LEFT), "moved out")
    equal(scene.child(client, inside, cgroup=outside).result(), (LEFT, "taken"), "moved in")


@case
def blocking_filters_come_before_permitting_ones_and_these_before_redirectors(scene):
    listeners(scene)
    # Written in the reverse order, on purpose.
    redirect(
        scene,
        AT4,
        more=MATCH
        + "[filter leave]\naction = permit\nremote-port = 80-89\n"
        + "[filter stop]\naction = block\nremote-port = 85-95\n",
    )
    hits = {one["name"]: one["hits"] for one in scene.show()["filters"]}
    ports = (79, 80, 84, 85, 89, 90, 95, 96)
    expected = ["taken", LEFT, LEFT, errno.EPERM, errno.EPERM, errno.EPERM, errno.EPERM, "taken"]
    with taken(scene, 2):
        equal(verdicts(scene, [(AWAY4, port) for port in ports]), expected, "verdicts")
    after = {one["name"]: one["hits"] - hits[one["name"]] for one in scene.show()["filters"]}
    equal(after, {"leave": 2, "stop": 4}, "hits")


@case
def a_filter_of_one_set_holds_for_the_redirectors_of_another(scene):
    listeners(scene)
    redirect(scene, AT4)
    scene.up("aside", f"[filter mine]\naction = permit\nuser = {NOBODY}\n")
    equal(verdicts(scene, [(AWAY4, 80)], uid=NOBODY), [LEFT], "permitted")
    equal(verdicts(scene, [(AWAY4, 80)]), ["taken"], "others")
    scene.down("aside")
    equal(verdicts(scene, [(AWAY4, 80)], uid=NOBODY), ["taken"], "once it is gone")


@case
def of_two_redirectors_the_first_that_matches_takes_the_connect(scene):
    listeners(scene)
    scene.listen(PROXY4, PORT + 1)
    text = "[redirector {}]\nlisten = 127.0.0.1:{}\nremote-port = {}\n"
    scene.up("web", text.format("first", PORT, "80-85") + text.format("second", PORT + 1, "84-90"))
    with taken(scene, 2, name="first"), taken(scene, 1, name="second"):
        equal(verdicts(scene, [(AWAY4, 80), (AWAY4, 85), (AWAY4, 86)]), ["taken"] * 3, "verdicts")
    with taken(scene, 0, name="first"), taken(scene, 0, name="second"):
        equal(verdicts(scene, [(AWAY4, 91)]), [LEFT], "neither")


@case
def a_closed_proxy_port_refuses_and_is_counted(scene):
    redirect(scene, AT4, AT6)
    with taken(scene, 2, absent=2):
        found = verdicts(scene, [(AWAY4, 80), (AWAY6, 80)])
    equal(found, [errno.ECONNREFUSED] * 2, "verdicts")


main(__file__, ground=GROUND)
