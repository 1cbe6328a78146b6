# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""For commands that work against their supervisor: who counts what comes, and what must not come."""
from seccomp_scene import *

SECONDS = 1


class Counting:
    """Whoever listens, counts."""

    def __init__(self, scene, address=ORIGIN4):
        self.listener, self.count = scene.listen(address, backlog=4096), 0
        self.name = self.listener.getsockname()[:2]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                self.listener.accept()[0].close()
                self.count += 1


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])


def against(scene, mode):
    """Runs the mode with connects to one port redirected, and to another one not. Returns the
    proxy's records and how many came to the two directly."""
    direct, other, proxy = Counting(scene), Counting(scene), scene.listen(backlog=4096)
    seen = {}
    read, write = os.pipe()

    def serve():
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = proxy.accept()
                seen[len(seen)] = True
                accepted.close()

    threading.Thread(target=serve, daemon=True).start()
    at = proxy.getsockname()
    program = scene.run("-v", "--to", f"{at[0]}:{at[1]}", f"remote-port={direct.name[1]}", "--",
                        helper("hostile_client"), mode, direct.name[1], other.name[1], SECONDS, stdin=read)
    equal(program.ends(), 0, f"status of {mode}: {program.stderr()[-400:]}")
    os.close(read), os.close(write)
    time.sleep(0.2)
    return program, len(seen), direct.count, other.count


def changes_nothing(scene, mode):
    program, redirected, direct, other = against(scene, mode)
    equal(direct, 0, f"{mode}: connections that came to what is redirected")
    check(redirected > 10, f"{mode}: {redirected} were redirected")
    total = int(re.search(r"(\d+) redirected", program.stderr())[1])
    check(total >= redirected, f"{mode}: {redirected} arrived of {total}")


def leaves_nothing(scene, mode, first, others, most):
    """So many connections, and then so many others: of these nothing stays, but for most KiB."""
    proxy = Counting(scene)
    read, write = os.pipe()
    script = f'read -r l; "$0" {mode} "$1" 80 "$2"; read -r l; "$0" {mode} "$1" 80 "$3"; read -r l'
    program = scene.run("-v", "--to", f"{proxy.name[0]}:{proxy.name[1]}", "--", "sh", "-c", script,
                        helper("strange_client"), NOBODY4, first, others, stdin=read)
    os.write(write, b"\n")
    equal(program.line(), f"0 of {first} failed", "the first")
    time.sleep(1)
    before, memory = descriptors(program.pid), resident(program.pid)
    os.write(write, b"\n")
    equal(program.line(60), f"0 of {others} failed", "the others")
    wait_until(lambda: descriptors(program.pid) <= before + 3, "its descriptors are closed", 10)
    more = resident(program.pid) - memory
    # A sanitizer keeps what was freed.
    check(more < most or os.environ.get("WHITHER_SANITIZED"), f"{more} KiB more than before")
    os.write(write, b"\n")
    equal(program.ends(), 0, "status")
    check(f"{first + others} redirected, 0 passed, 0 refused" in program.stderr(), program.stderr())
    os.close(read), os.close(write)
