# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Where calls are refused: a container's seccomp profile stands above the supervisor's."""
import platform

from seccomp_scene import *

# Of 64-bit x86, and of whatever took the common table.
NUMBERS = {
    "bpf": (321, 280), "process_vm_readv": (310, 270), "seccomp": (317, 277),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
}
# Refuses the calls argv[2] (numbers) with the error argv[1], and executes the rest.
REFUSE = """
import ctypes, os, struct, sys
code = [(0x20, 0, 0, 0)]
for number in sys.argv[2].split(","):
    code += [(0x15, 0, 1, int(number)), (0x06, 0, 0, 0x00050000 | int(sys.argv[1]))]
code.append((0x06, 0, 0, 0x7FFF0000))
text = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in code))
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
assert libc.prctl(22, 2, ctypes.byref(Program(len(code), ctypes.addressof(text)))) == 0  # PR_SET_SECCOMP
os.execvp(sys.argv[3], sys.argv[3:])
"""


def run_without(scene, error, calls, *words):
    """whither run where these calls fail; engine and all are chosen by itself."""
    numbers = ",".join(str(NUMBERS[call][platform.machine() != "x86_64"]) for call in calls)
    return scene.keep(Program([sys.executable, "-c", REFUSE, error, numbers, scene.whither, "run", *words]))


@case
def where_bpf_is_refused_nothing_is_missing(scene):
    name = scene.origin()
    for error in (1, 38):
        program = run_without(scene, error, ["bpf"], "-v", "--", *client(name))
        equal((program.ends(), program.stdout()), (0, f"{ORIGIN4} <ping>\n"), program.stderr())
        lines = program.stderr().splitlines()
        check(lines[0].startswith("whither: engine: seccomp ("), f"it says {lines}")
        check("1 redirected, 0 passed, 0 refused" in lines[2], f"it says {lines}")


@case
def what_a_supervisor_cannot_do_without_is_named_before_the_command_runs(scene):
    for call in ("seccomp", "pidfd_open", "pidfd_getfd", "process_vm_readv"):
        for error in (1, 38):
            program = run_without(scene, error, ["bpf", call], "--", "echo", "it ran")
            equal((program.ends(), program.stdout()), (125, ""), f"without {call}()")
            lines = program.stderr().splitlines()
            check(len(lines) == 1 and f"cannot supervise: {call}()" in lines[0] and
                  os.strerror(error) in lines[0], f"without {call}(): {lines}")
            equal("SYS_PTRACE" in lines[0], call != "seccomp", f"what may help: {lines}")


main(__file__)
