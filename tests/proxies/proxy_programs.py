# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Real transparent proxies, each with a configuration that anybody would write for a packet filter's
redirection, started as a user of its own; and how often each says it has had a connection."""
import glob
import os
import shutil

from proxy_ground import *

# Debian's folders of servers are not on everybody's path.
PATH = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"


class RealProxy:
    """A proxy that runs: its log is what it wrote to its output and to log files."""

    name = ""
    # Which clients it can serve.
    families = ("v4", "v6", "mapped")
    # What its log says once for each connection.
    logged = ""

    def __init__(self, scene, port, uid):
        self.scene, self.port, self.uid = scene, port, uid
        self.directory = f"{scene.directory}/{self.name}-{port}"
        os.makedirs(self.directory, exist_ok=True)
        os.chmod(scene.directory, 0o755)
        os.chown(self.directory, uid, uid)
        self.log = f"{self.directory}/output.log"
        self.program = None
        self.start()

    def command(self):
        """The words that start it in the foreground."""
        raise NotImplementedError

    def program_named(self, name):
        path = shutil.which(name, path=PATH)
        check(path, f"{name} is not installed: make deps")
        return path

    def write(self, name, text):
        path = f"{self.directory}/{name}"
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o644)
        return path

    def start(self):
        words = [*as_user(self.uid), *self.command()]
        environment = {"PATH": PATH, "HOME": self.directory, "TMPDIR": self.directory,
                       "PYTHONUNBUFFERED": "1"}
        with open(self.log, "ab") as log:
            os.chown(self.log, self.uid, self.uid)
            self.program = self.scene.keep(_Quiet(words, log, environment, self.directory))
        self.wait()

    def wait(self):
        def ready():
            if self.program.poll() is not None:
                raise Failure(f"{self.name} has ended: {self.text()[-2000:]}")
            return listens(self.port)

        wait_until(ready, f"{self.name} listens on port {self.port}", timeout=40)

    def kill(self):
        """At once, workers and all: it runs as nobody else's user."""
        self.program.kill()

    def text(self):
        found = []
        for name in sorted(os.listdir(self.directory)):
            if name.endswith(".log"):
                with open(f"{self.directory}/{name}", errors="replace") as file:
                    found.append(file.read())
        return "\n".join(found)

    def seen(self):
        """How many connections its log tells of."""
        return len(re.findall(self.logged, self.text(), re.MULTILINE))


class _Quiet:
    """A process group whose output goes to a file."""

    def __init__(self, words, log, environment, directory):
        self._process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
            cwd=directory, start_new_session=True,
        )
        self.pid = self._process.pid
        self.poll = self._process.poll

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


class Redsocks(RealProxy):
    """With a SOCKS5 server behind it, of the same user."""

    name = "redsocks"
    families = ("v4", "mapped")
    logged = r": accepted"

    def command(self):
        socks = self.port + 1000
        self.socks = self.scene.keep(_Quiet(
            [*as_user(self.uid), self.program_named("microsocks"), "-i", "127.0.0.1", "-p", str(socks)],
            subprocess.DEVNULL, {"PATH": PATH}, self.directory,
        ))
        wait_until(lambda: listens(socks), "microsocks listens")
        configuration = self.write("redsocks.conf", f"""
base {{
  log_debug = off; log_info = on; log = stderr; daemon = off; redirector = iptables;
}}
redsocks {{
  local_ip = 0.0.0.0; local_port = {self.port}; ip = 127.0.0.1; port = {socks}; type = socks5;
}}
""")
        return [self.program_named("redsocks"), "-c", configuration]

    def kill(self):
        super().kill()
        self.socks.kill()


class Haproxy(RealProxy):
    name = "haproxy"
    logged = r" f b/any "
    bind = ":::{port} v4v6"

    def command(self):
        configuration = self.write("haproxy.cfg", f"""
global
  log stdout format raw local0
defaults
  mode tcp
  log global
  option tcplog
  timeout connect 3s
  timeout client 20s
  timeout server 20s
frontend f
  bind {self.bind.format(port=self.port)}
  default_backend b
backend b
  server any 0.0.0.0:0
""")
        return [self.program_named("haproxy"), "-db", "-f", configuration]


class Haproxy4(Haproxy):
    """As it must be written behind a packet filter."""

    name = "haproxy4"
    families = ("v4", "mapped")
    bind = "0.0.0.0:{port}"


class Squid(RealProxy):
    name = "squid"
    logged = r"^access .* GET http:"

    def command(self):
        configuration = self.write("squid.conf", f"""
http_port {self.port} intercept
http_port {self.port + 1000}
http_access allow all
cache deny all
cache_log {self.directory}/cache.log
logformat plain access %ts.%03tu %>a %<a %rm %ru %>Hs
access_log stdio:{self.directory}/access.log plain
pid_filename none
pinger_enable off
visible_hostname test.invalid
shutdown_lifetime 0 seconds
coredump_dir {self.directory}
cache_mem 8 MB
server_persistent_connections off
client_persistent_connections off
""")
        self.scene.later(self.forget)
        return [self.program_named("squid"), "-N", "-n", self.service, "-f", configuration]

    @property
    def service(self):
        return f"whither{os.getpid()}p{self.port}"

    def forget(self):
        """Killed at once, it leaves its shared memory; the next one would not begin."""
        for path in glob.glob(f"/dev/shm/{self.service}-*"):
            os.unlink(path)

    def kill(self):
        super().kill()
        self.forget()


class Mitmproxy(RealProxy):
    name = "mitmproxy"
    logged = r": client connect$"

    def command(self):
        return [self.program_named("mitmdump"), "--mode", "transparent", "--listen-port",
                str(self.port), "--set", f"confdir={self.directory}/mitm",
                "--set", "connection_strategy=lazy", "--set", "termlog_verbosity=info"]


class Nginx(RealProxy):
    """Asks nothing but its own socket's name."""

    name = "nginx"
    logged = r"^connection "

    def command(self):
        module = self._module()
        configuration = self.write("nginx.conf", f"""
{module}
daemon off;
worker_processes 2;
pid {self.directory}/nginx.pid;
error_log {self.directory}/error.log notice;
events {{ worker_connections 512; }}
stream {{
  log_format plain "connection $remote_addr $server_addr $server_port $status";
  access_log {self.directory}/access.log plain;
  map $server_addr $target {{
    ~: "[$server_addr]:$server_port";
    default "$server_addr:$server_port";
  }}
  server {{
    listen 0.0.0.0:{self.port};
    listen [::]:{self.port};
    proxy_pass $target;
    proxy_connect_timeout 3s;
  }}
}}
""")
        return [self.program_named("nginx"), "-e", f"{self.directory}/error.log", "-c", configuration]

    @staticmethod
    def _module():
        for folder in ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules"):
            path = f"{folder}/ngx_stream_module.so"
            if os.path.exists(path):
                return f"load_module {path};"
        return ""  # built in


ALL = (Redsocks, Haproxy, Haproxy4, Squid, Mitmproxy, Nginx)
