# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Programs of every day as clients, in every way of making a connection. Each checks what it got."""
from proxy_ground import *

CLIENTS = []
SSH = 22


def client(*families):
    def mark(function):
        function.families = families
        CLIENTS.append(function)
        return function

    return mark


def call(*words, expect=0, timeout=60, directory="/", **environment):
    """A program's output and errors, as an ordinary user."""
    done = subprocess.run(
        [*as_user(CLIENT), *map(str, words)], capture_output=True, text=True, timeout=timeout,
        cwd=directory, stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "HOME": directory, "LC_ALL": "C", **environment},
    )
    if expect is not None and done.returncode != expect:
        raise Failure(f"{words[0]} ended with {done.returncode}: {done.stderr} {done.stdout}")
    return done.stdout + done.stderr


def banner(scene):
    """Something that answers as an SSH server does, on the second origins."""
    def serve(listener):
        while True:
            accepted, _ = listener.accept()
            with accepted:
                accepted.sendall(b"SSH-2.0-whither_test\r\n")
                accepted.recv(4096)

    for address in (OTHER4, OTHER6):
        listener = scene.listen(address, SSH)
        listener.settimeout(None)
        scene.child(serve, listener)
        listener.close()


def repository(scene):
    """A git repository that any web server can hand out, beside the pages."""
    os.chmod(scene.directory, 0o755)
    work, bare = f"{scene.directory}/work", f"{scene.directory}/files/work.git"
    os.mkdir(f"{scene.directory}/files")
    author = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid"]
    for words in (
        ["init", "-q", work],
        [*author, "-C", work, "commit", "-q", "--allow-empty", "-m", "the only one"],
        ["clone", "-q", "--bare", work, bare],
        ["-C", bare, "update-server-info"],
    ):
        subprocess.run(["git", *words], check=True, capture_output=True)


def has_page(text, address):
    check(page(address).decode() in text, f"no page of {address}: {text}")


@client("v4", "v6")
def curl_shows_the_peer(scene, address):
    text = call("curl", "-sS", "-g", "--noproxy", "*", "--max-time", 20, url(address),
                "-w", "peer %{remote_ip} %{remote_port}")
    has_page(text, address)
    check(text.endswith(f"peer {address} {WEB}"), f"the peer it shows: {text}")


@client("v4", "v6")
def wget(scene, address):
    text = call("wget", "--no-proxy", "--tries=1", "--timeout=20", "-O", "-", url(address))
    has_page(text, address)
    shown = f"[{address}]" if ":" in address else address
    check(f"Connecting to {shown}:{WEB}... connected" in text, f"what it shows: {text}")


@client("v4", "v6")
def ssh_reads_the_banner(scene, address):
    text = call("ssh", "-v", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes",
                "-o", "UserKnownHostsFile=/dev/null", address, "true", expect=255)
    check("whither_test" in text, f"no banner: {text}")
    check(f"Connecting to {address} [{address}] port {SSH}" in text, f"what it shows: {text}")
    check("Connection established" in text, f"what it shows: {text}")


@client("v4", "v6")
def git_over_http(scene, address):
    """Its connections are made by a program that it starts."""
    clone = f"{scene.directory}/clone"
    os.mkdir(clone)
    os.chown(clone, CLIENT, CLIENT)
    call("git", "clone", "-q", f"{url(address)}files/work.git", clone)
    text = call("git", "-C", clone, "log", "--format=%s")
    equal(text, "the only one\n", "what was cloned")


PYTHON = """
import sys, urllib.request
answer = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=20)
print(answer.fp.raw._sock.getpeername()[0]); print(answer.read().decode())
"""


@client("v4", "v6")
def python_urllib(scene, address):
    text = call("/usr/bin/python3", "-c", PYTHON, url(address))
    has_page(text, address)
    equal(text.split("\n")[0], address, "the peer it shows")


NODE = """
const net = require('net'), [address, port] = process.argv.slice(1);
const sock = net.connect({host: address, port: +port}, () => {
  console.log(sock.remoteAddress);
  sock.write('GET / HTTP/1.0\\r\\n\\r\\n');
});
sock.on('data', data => process.stdout.write(data));
sock.on('error', error => { console.error(error); process.exit(1); });
"""


@client("v4", "v6")
def node(scene, address):
    text = call("node", "-e", NODE, address, WEB)
    has_page(text, address)
    equal(text.split("\n")[0], address, "the peer it shows")


JAVA = """
import java.net.*; import java.nio.charset.*;
public class Client {
  public static void main(String[] words) throws Exception {
    try (Socket sock = new Socket(InetAddress.getByName(words[0]), Integer.parseInt(words[1]))) {
      System.out.println(sock.getInetAddress().getHostAddress());
      sock.getOutputStream().write("GET / HTTP/1.0\\r\\n\\r\\n".getBytes());
      System.out.write(sock.getInputStream().readAllBytes());
      System.out.flush();
    }
  }
}
"""


@client("v4", "v6")
def java(scene, address):
    """Its IPv4 connections are made on IPv6 sockets."""
    os.chmod(scene.directory, 0o755)
    path = f"{scene.directory}/Client.java"
    with open(path, "w") as file:
        file.write(JAVA)
    text = call("java", "-Xint", "-XX:TieredStopAtLevel=1", path, address, WEB, timeout=120)
    has_page(text, address)
    shown = socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6,
                             text.split("\n")[0])) if ":" in address else text.split("\n")[0]
    equal(shown, address, "the peer it shows")


GO = """
package main
import ("fmt"; "io"; "net"; "os")
func main() {
	sock, err := net.Dial("tcp", net.JoinHostPort(os.Args[1], os.Args[2]))
	if err != nil { fmt.Println(err); os.Exit(1) }
	fmt.Println(sock.RemoteAddr().(*net.TCPAddr).IP)
	fmt.Fprint(sock, "GET / HTTP/1.0\\r\\n\\r\\n")
	io.Copy(os.Stdout, sock)
}
"""


@client("v4", "v6")
def a_go_program(scene, address):
    """It makes its system calls itself."""
    program = compiled("client.go", GO, ["go", "build", "-o"])
    text = call(program, address, WEB)
    has_page(text, address)
    equal(text.split("\n")[0], address, "the peer it shows")


C = """
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int count, char **words)
{
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(atoi(words[2]))};
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(atoi(words[2]))};
	int six = inet_pton(AF_INET6, words[1], &v6.sin6_addr) == 1, fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
	union { struct sockaddr any; struct sockaddr_in v4; struct sockaddr_in6 v6; } peer;
	socklen_t size = sizeof(peer);
	char text[4096];
	ssize_t n;

	if (count != 3 || (!six && inet_pton(AF_INET, words[1], &v4.sin_addr) != 1))
		return 2;
	if (six ? connect(fd, (void *)&v6, sizeof(v6)) : connect(fd, (void *)&v4, sizeof(v4)))
		return 1;
	getpeername(fd, &peer.any, &size);
	puts(inet_ntop(peer.any.sa_family, six ? (void *)&peer.v6.sin6_addr : (void *)&peer.v4.sin_addr, text, sizeof(text)));
	fflush(stdout);
	write(fd, "GET / HTTP/1.0\\r\\n\\r\\n", 18);
	while ((n = read(fd, text, sizeof(text))) > 0)
		write(1, text, n);
	return 0;
}
"""


@client("v4", "v6")
def a_static_program(scene, address):
    """No library of the system is in it that could be put before another."""
    program = compiled("static_client.c", C, ["cc", "-static", "-o"])
    text = call(program, address, WEB)
    has_page(text, address)
    equal(text.split("\n")[0], address, "the peer it shows")


_made = {}


def compiled(name, text, words):
    """The program made of this text; made once for all cases, in a folder that goes at the end."""
    if name not in _made:
        import atexit
        import tempfile

        folder = tempfile.mkdtemp(prefix="whither-client-")
        atexit.register(subprocess.run, ["rm", "-rf", folder], check=False)
        os.chmod(folder, 0o755)
        with open(f"{folder}/{name}", "w") as file:
            file.write(text)
        program = f"{folder}/{name.split('.')[0]}"
        done = subprocess.run(
            [*words, program, f"{folder}/{name}"], capture_output=True, text=True, cwd=folder,
            env=dict(os.environ, GO111MODULE="off", GOCACHE=f"{folder}/cache", CGO_ENABLED="0"),
        )
        check(not done.returncode, f"{words[0]}: {done.stderr}")
        _made[name] = program
    return _made[name]
