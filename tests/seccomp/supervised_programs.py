# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Programs that people run: a page or a banner arrives through the relay, and none directly."""
from seccomp_scene import *

PAGE = b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def needs(name):
    if not shutil.which(name):
        raise NotHere(f"there is no {name}")


def fetches(scene, words, expected="hello", connections=1, **options):
    log = scene.log()
    program = scene.run("--log", log, "--", *words, **options)
    equal(program.ends(90), 0, f"status of {words[0]}: {program.stderr()[-500:]}")
    check(expected in program.stdout(), f"{words[0]} printed {program.stdout()!r}")
    lines = [line for line in lines_of(log) if " error=" not in line]
    check(len(lines) >= connections, f"connections of {words[0]}: {lines}")


def pages(scene):
    for address in (ORIGIN4, ORIGIN6):
        name = scene.origin(address, PAGE)
        yield f"http://[{name[0]}]:{name[1]}/" if ":" in name[0] else f"http://{name[0]}:{name[1]}/"


@case
def curl(scene):
    for url in pages(scene):
        fetches(scene, ["curl", "-sS", "--noproxy", "*", url])
        fetches(scene, ["curl", "-sS", "--noproxy", "*", "--tcp-fastopen", url])


@case
def wget(scene):
    needs("wget")
    for url in pages(scene):
        fetches(scene, ["wget", "-q", "--no-proxy", "-O", "-", url])


@case
def git(scene):
    needs("git")
    refs = b"001e# service=git-upload-pack\n0000" + b"0000"
    page = (b"HTTP/1.0 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n"
            b"Content-Length: %d\r\n\r\n" % len(refs)) + refs
    name = scene.origin(ORIGIN4, page)
    fetches(scene, ["git", "ls-remote", f"http://{name[0]}:{name[1]}/x.git"], "")


@case
def python_and_its_asyncio(scene):
    name = scene.origin()
    script = """
import asyncio, sys
async def main():
    reader, writer = await asyncio.open_connection(sys.argv[1], int(sys.argv[2]))
    print(writer.get_extra_info("peername")[0])
    writer.write(b"hello"); writer.write_eof()
    print((await reader.read()).decode())
asyncio.run(main())
"""
    fetches(scene, [sys.executable, "-c", script, *name], f"{name[0]}\n<hello>")


@case
def node(scene):
    needs("node")
    name = scene.origin(ORIGIN4, PAGE)
    script = "http.get(process.argv[1], r => r.on('data', d => process.stdout.write(d)))"
    fetches(scene, ["node", "-e", script, f"http://{name[0]}:{name[1]}/"])


@case
def java(scene):
    needs("java")
    name = scene.origin()
    source = f"{scene.directory}/Client.java"
    with open(source, "w") as file:
        file.write("""
import java.io.*; import java.net.*;
public class Client {
    public static void main(String[] words) throws Exception {
        Socket socket = new Socket(words[0], Integer.parseInt(words[1]));
        socket.getOutputStream().write("hello".getBytes()); socket.shutdownOutput();
        System.out.println(new String(socket.getInputStream().readAllBytes()));
    }
}
""")
    environment = dict(os.environ, HOME=scene.directory)
    fetches(scene, ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", source, *name], "<hello>", env=environment)


@case
def a_go_program(scene):
    program = helper("go_client")
    if not os.path.exists(program):
        raise NotHere("it was not built: there is no go")
    name = scene.origin()
    fetches(scene, [program, f"{name[0]}:{name[1]}"], "<hello>")


@case
def a_proxy_that_understands_nothing(scene):
    """Whoever is given with --to gets every connection, and may do with it what it likes."""
    proxy = scene.origin(ORIGIN4, PAGE)
    log = scene.log()
    program = scene.ends_with(0, "--log", log, "--to", f"{proxy[0]}:{proxy[1]}", "--", "curl", "-sS",
                              "--noproxy", "*", f"http://{NOBODY4}/")
    equal(program.stdout(), "hello", "output")


BESIDE_A_FULL_ONE = """
import socket, sys, threading, time
full, other = (sys.argv[1], int(sys.argv[2])), (sys.argv[1], int(sys.argv[3]))
def waits():
    with socket.socket() as one:
        one.settimeout(None)
        try: one.connect(full)
        except OSError: pass
for _ in range(3):
    threading.Thread(target=waits, daemon=True).start()
time.sleep(0.3)
slowest = 0
for _ in range(50):
    begin = time.monotonic()
    socket.create_connection(other).close()
    slowest = max(slowest, time.monotonic() - begin)
print(slowest < 0.5, flush=True)
"""


@case
def a_full_backlog_holds_up_nobody_else(scene):
    full, other = scene.listen(backlog=0), scene.origin()
    name = full.getsockname()
    for _ in range(2):
        one = scene.keep(socket.socket())
        one.setblocking(False)
        one.connect_ex(name)
    for conditions in ([f"remote-port={other[1]}"], ["remote-port=1"]):
        program = scene.run(*conditions, "--", sys.executable, "-c", BESIDE_A_FULL_ONE, name[0], name[1], other[1])
        equal(program.line(), "True", f"quick beside those that wait: {conditions}")
        equal(program.ends(), 0, program.stderr())


class Socks:
    """A SOCKS5 server that connects nowhere: it answers itself, and notes whither it was asked to go."""

    def __init__(self, scene):
        self.listener, self.asked = scene.listen("127.0.0.1"), []
        self.url = f"socks5://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                with self.listener.accept()[0] as peer, peer.makefile("rb") as stream:
                    self._serve(peer, stream)

    def _serve(self, peer, stream):
        stream.read(stream.read(2)[1])
        peer.sendall(b"\5\0")
        family, size = {1: (socket.AF_INET, 4), 4: (socket.AF_INET6, 16)}[stream.read(4)[3]]
        self.asked.append((socket.inet_ntop(family, stream.read(size)), int.from_bytes(stream.read(2), "big")))
        peer.sendall(b"\5\0\0\1" + bytes(6))
        peer.sendall(b"<" + stream.read() + b">")


@case
def by_way_of_another_proxy(scene):
    for name in ((NOBODY4, 80), (NOBODY6, 443)):
        socks = Socks(scene)
        program = scene.ends_with(0, "--via", socks.url, "--", helper("strange_client"), "plain", *name)
        equal((program.stdout(), socks.asked), ("<ping>\n", [name]), program.stderr())


main(__file__)
