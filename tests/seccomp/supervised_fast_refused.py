# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Calls that connect and send in one, under a supervisor: what they are refused, and how, and what a command gets
that works against its supervisor by them."""
from fast_open_scene import *

REFUSED = """
for flags in (0, NOSIGNAL):
    for send in (sendto, sendmsg, sendmmsg):
        with fresh() as sock:
            print(send(sock, b"hello", flags), end=" ")
            print(errno.errorcode[sock.connect_ex(name)])
"""


@case
def what_a_connect_is_refused_they_are_refused(scene):
    name = scene.origin()
    at = scene.free()
    path = f"{scene.directory}/web.conf"
    for rule, error in (("[filter one]\naction = block\n", "EPERM"),
                        (f"[redirector one]\nlisten = {at[0]}:{at[1]}\n", "ECONNREFUSED")):
        with open(path, "w") as file:
            file.write(f"{rule}remote-port = {name[1]}\n")
        program = scene.ends_with(0, "--rules", path, "--", *calling(REFUSED, name))
        equal(program.stdout(), f"{error} {error}\n" * 6, program.stderr())


ERRORS = """
BAD, page = 8, libc.mmap(None, 8192, 3, 0x22, -1, 0)
libc.munmap(ctypes.c_void_p(page + 4096), 4096)
fresh_fd = lambda: fresh().detach()
print("addresses", [call(libc.sendto, fresh_fd(), at(b"hello"), 5, FAST, where, size) for where, size in (
    (BAD, 16), (at(target), 1), (at(target), 2), (at(target), -1), (at(target), 129), (at(target), 0), (0, 0), (0, 16),
    (at(bytes(16)), 16), (page + 4088, 16), (at(b"\\x63\\0" + target[2:]), len(target)))])
print("messages", [call(libc.sendmsg, fresh_fd(), where, FAST) for where in (BAD, 0, page + 4090)])
print("batches", [call(libc.sendmmsg, fresh_fd(), where, count, FAST)
                  for where, count in ((BAD, 1), (0, 1), (page + 4090, 1), (0, 0))])
for send in (sendmsg, sendmmsg):
    print("pieces", [send(fresh(), b"hello", **more) for more in (
        {"parts": [(BAD, -1 & 2 ** 64 - 1)]}, {"parts": [(at(b"x"), 2 ** 63)]}, {"count": 1025}, {"count": 2 ** 32},
        {"address": None}, {"length": 0}, {"length": 2 ** 32 - 1}, {"length": 1}, {"address": bytes(16)})])
    print("lengths", send(fresh(), b"hello", address=target + bytes(200)))
    print("nothing", send(fresh(), b"", count=0), send(fresh(), b""))
    print("flags", send(fresh(), b"hello", -2 ** 31))
print("descriptors", [call(libc.sendto, fd, at(b"hello"), 5, FAST, at(target), len(target))
                      for fd in (-1, 1000, os.open("/dev/null", os.O_RDWR))])
listener = fresh(); listener.listen()
print("listening", [send(listener, b"hello") for send in (sendto, sendmsg, sendmmsg)])
with fresh() as sock:
    print("first", sendto(sock, b""), end=" ")
    print("again", [send(sock, b"hello") for send in (sendto, sendmsg, sendmmsg)], sendto(sock, b"hello", 0, bytes(16)),
          sendmsg(sock, b"hello", address=None), sock.send(b"end"), answer(sock))
caught = []
signal.signal(signal.SIGPIPE, lambda *_: caught.append(1))
for flags in (0, NOSIGNAL):
    with fresh() as sock:
        try:
            sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        print("shut", sendto(sock, b"hello", flags), len(caught))
with fresh() as sock:
    two = header(b"one") + bytes(8) + header(b"two") + bytes(8)
    where = at(two)
    print("two", call(libc.sendmmsg, sock.fileno(), where, 2, FAST), ctypes.string_at(where + 56, 4),
          ctypes.string_at(where + 120, 4), answer(sock))
with fresh() as sock:
    libc.mprotect(ctypes.c_void_p(page), 4096, 3)
    ctypes.memmove(page + 4096 - 56, header(b"one"), 56)
    print("no room for the count", call(libc.sendmmsg, sock.fileno(), page + 4096 - 56, 1, FAST))
kind = socket.SOCK_DGRAM
for send in (sendto, sendmsg, sendmmsg):
    with socket.socket(family, kind) as one, socket.socket(family, kind) as other:
        other.bind((name[0], 0)); other.settimeout(5)
        to = packed(other.getsockname())
        print("datagrams", send(one, b"hello", address=to), other.recv(100), send(one, bytes(60000), address=to),
              len(other.recv(70000)), send(one, bytes(65536), address=to), send(one, bytes(90000), address=to),
              send(one, b"", address=to), other.recv(10), send(one, b"hello", address=bytes(16))
              if family == socket.AF_INET else "",
              call(libc.sendto, one.fileno(), page + 4000, 200, FAST, at(to), len(to)),
              sendmsg(one, b"", address=to, parts=[(page, 100), (BAD, 100), (page, 100)]))
        one.connect(other.getsockname())
        print("to whom it is connected", sendmsg(one, b"hello", address=None), other.recv(100))
one, other = socket.socketpair()
print("a pair", [send(one, b"hello", address=b"") for send in (sendmsg, sendmmsg)], other.recv(100))
"""


@case
def the_rest_is_as_the_kernel_has_it(scene):
    for address in (ORIGIN4, ORIGIN6):
        name = scene.origin(address)
        alone = scene.keep(Program(calling(ERRORS, name)))
        equal(alone.ends(), 0, f"status without whither: {alone.stderr()}")
        for _ in each_kernel():
            found = scene.ends_with(0, "--", *calling(ERRORS, name))
            for mine, kernel in zip(found.stdout().splitlines(), alone.stdout().splitlines()):
                equal(mine, kernel, "what the kernel says")
            equal(found.stdout(), alone.stdout(), "all of it")


OTHERWISE = """
BAD, page = 8, libc.mmap(None, 1 << 20, 3, 0x22, -1, 0)
libc.munmap(ctypes.c_void_p(page + (1 << 19)), 1 << 19)
ctypes.memset(ctypes.c_void_p(page), 120, 1 << 19)
rights = struct.pack("=QIIi4x", 20, socket.SOL_SOCKET, socket.SCM_RIGHTS, 0)
print([send(fresh(), b"hello", control=rights) for send in (sendmsg, sendmmsg)],
      [send(fresh(), b"hello", ZEROCOPY) for send in (sendto, sendmsg, sendmmsg)],
      call(libc.sendto, fresh().detach(), BAD, 5, FAST, at(target), len(target)),
      sendmsg(fresh(), b"", parts=[(BAD, 5)]))
with fresh() as sock:
    sent = call(libc.sendto, sock.fileno(), ctypes.c_void_p(page).value, 1 << 20, FAST, at(target), len(target))
    print(0 < sent <= 1 << 19, answer(sock) == b"<" + b"x" * sent + b">")
"""


@case
def what_differs_from_the_kernel_is_an_error(scene):
    name = scene.origin()
    program = scene.ends_with(0, "-v", "--", *calling(OTHERWISE, name))
    equal(program.stdout(), "['ENOTSUP', 'ENOTSUP'] ['ENOTSUP', 'ENOTSUP', 'ENOTSUP'] EFAULT EFAULT\n"
                            "True True\n", "control data, pages, memory that is not there, and half there")
    check(" 1 redirected, 0 passed" in program.stderr(), program.stderr())


PIPE_KILLS = """
sock = fresh()
try:
    sock.shutdown(socket.SHUT_WR)
except OSError:
    pass
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
print(sendto(sock, b"hello"))
"""


@case
def a_broken_pipe_is_a_signal_to_the_caller(scene):
    scene.ends_with(128 + signal.SIGPIPE, "--", *calling(PIPE_KILLS, scene.origin()))


@case
def what_changes_meanwhile_changes_nothing(scene):
    for mode in ("address", "pieces", "close", "replace", "twice", "dissolve"):
        changes_nothing(scene, f"fast-{mode}")


KILLED = """
with fresh() as sock:
    sendmsg(sock, b"", parts=[(at(bytes(1 << 20)), 1 << 20)] * 64)
"""


@case
def who_is_killed_while_it_sends_leaves_nothing(scene):
    proxy = scene.listen()
    at = proxy.getsockname()
    read, write = os.pipe()
    script = 'for i in 1 2 3 4; do "$@" & echo $!; read -r l; kill -9 $!; done; read -r l'
    program = scene.run("--to", f"{at[0]}:{at[1]}", "--", "sh", "-c", script, "sh",
                        *calling(KILLED, (NOBODY4, 80)), stdin=read)
    proxy.settimeout(20)
    for _ in range(4):
        program.line()
        accepted, _ = proxy.accept()  # and is not read: the client waits in its call
        time.sleep(0.2)
        os.write(write, b"\n")
        accepted.settimeout(10)
        while accepted.recv(1 << 20):  # until its end: no descriptor of the supervisor's keeps it open
            pass
        accepted.close()
    os.write(write, b"\n")
    equal(program.ends(), 0, "status")
    os.close(read), os.close(write)


main(__file__)
