# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Many connections through the driver of windows/examples: every byte is there, and nothing is left.
proxy_load_soak.py does the same for longer."""
import re

from example_tools import *

AT_ONCE = 256
MOST_BYTES = 40000
LIMIT = 1500  # seconds: a sanitizer on a busy machine


def lose_packets():
    """1 % of them, and a delay, on this namespace's loopback: what the kernel offers of it."""
    netem = subprocess.run("tc qdisc add dev lo root netem loss 1% delay 2ms limit 20000".split(),
                           capture_output=True)
    if netem.returncode == 0:
        return lambda: subprocess.run("tc qdisc del dev lo root".split(), check=True)
    print("# no netem in this kernel: nft drops one packet of a hundred, without delay")
    rules = """table inet loss {
        chain input {
            type filter hook input priority 0
            meta l4proto tcp numgen random mod 100 0 drop
        }
    }"""
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)
    return lambda: subprocess.run("nft delete table inet loss".split(), check=True)


def rest_of(pid):
    """How many descriptors a process has; its threads for work come and go."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def load(scene, words, count, lossy=False, address=ORIGIN4):
    """Runs the driver by these words, and connections through it; the driver's log."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as ports:
        ports.write("13000 64000")
    log = f"{scene.directory}/driver.log"
    with open(log, "w") as file:
        driver = scene.keep(subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=file))
    wait_until(lambda: driver.poll() is not None or listens(DRIVER_PORT), "it listens", 60)
    scene.up("web", both(DRIVER_PORT))
    clients = [os.environ.get("WHITHER_WINDOWS_TESTS", built("windows/tests")) + "/stream_load", address]
    warm = subprocess.run([*clients, str(AT_ONCE), str(AT_ONCE), "1000"], capture_output=True, text=True, timeout=LIMIT)
    equal(warm.returncode, 0, f"the first ones: {warm.stdout}{warm.stderr}")
    before = settled(driver.pid)
    restore = lose_packets() if lossy else lambda: None
    try:
        begun = time.monotonic()
        done = subprocess.run([*clients, str(count), str(AT_ONCE), str(MOST_BYTES)],
                              capture_output=True, text=True, timeout=LIMIT)
        print(f"# {done.stdout.strip()} in {time.monotonic() - begun:.1f} s")
    finally:
        restore()
    equal((done.returncode, done.stderr), (0, ""), f"the connections: {done.stdout.strip()}")
    equal(settled(driver.pid, before), before, "descriptors before and after")
    driver.send_signal(signal.SIGTERM)
    ended = driver.wait(timeout=60)
    with open(log, errors="replace") as file:
        text = file.read()
    reports = "\n".join(line for line in text.splitlines() if not re.fullmatch(r"wsk_proxy: connection \d+ .*", line))
    equal(ended, 0, f"how the driver ended, and said: {reports[:4000]}")
    check("unloaded" in reports and not re.search(r"Sanitizer|runtime error|VIOLATION|leak", reports), reports[:4000])
    served = len(re.findall(r"status 00000000", text))
    equal(served, count + AT_ONCE, "connections that it connected onwards")


def settled(pid, expected=None):
    """What it has open once connections that end have ended; at the latest after their bound."""
    deadline = time.monotonic() + 30
    found = rest_of(pid)
    quiet = 0
    while quiet < 5 and found != expected and time.monotonic() < deadline:
        time.sleep(0.1)
        now = rest_of(pid)
        quiet = quiet + 1 if now == found and expected is None else 0
        found = now
    return found


def plain(scene):
    return [tool("whither-driver"), "run", driver_of("gcc")]


if __name__ == "__main__":
    @case
    def five_hundred_connections_lose_no_byte(scene):
        load(scene, plain(scene), 500)

    @case
    def nor_do_those_of_ipv6(scene):
        load(scene, plain(scene), 300, address=ORIGIN6)

    @case
    def nor_where_packets_are_lost(scene):
        load(scene, plain(scene), 300, lossy=True)

    main(__file__)
