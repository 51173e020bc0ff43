#!/usr/bin/python3
"""figures.py - what the operator costs: size, memory, time to the first plan, instructions, requests.

    [BENCH_SHORT=1] figures.py

Beside each figure stands its bar, and first of all what this machine gives to
anybody: an empty program's start, an echo over loopback.  A missed bar is said
and ends with 0; something that is wrong, not slow, ends with 1.
"""
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))

import front_door  # noqa: E402
import lab  # noqa: E402
import targets  # noqa: E402

FOLDER = os.path.join(lab.BUILD, "bench")
missed = []


def show(name, figure, unit, bar=None, more=""):
    """One line; a bar is an upper limit, a negative one a lower limit."""
    verdict = ""
    if bar is not None:
        limit = "at least %s" % -bar if bar < 0 else "at most %s" % bar
        good = figure >= -bar if bar < 0 else figure <= bar
        verdict = "%s: %s" % (limit, "ok" if good else "MISSED")
        if not good:
            missed.append("%s is %s %s, %s" % (name, round(figure, 2), unit, limit))
    print("%-44s %12s %-8s %-24s %s" % (name, "%.2f" % figure if isinstance(figure, float) else figure, unit, verdict, more))
    sys.stdout.flush()


# Calibration --------------------------------------------------------------------

def spawn_ms(argv):
    began = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, {})
    os.waitpid(pid, 0)
    return (time.perf_counter() - began) * 1000


def calibrate():
    nothing = os.path.join(FOLDER, "nothing")
    subprocess.run(["gcc", "-O2", "-static", "-s", "-x", "c", "-o", nothing, "-"], input=b"int main(void) { return 0; }",
                   check=True)
    show("calibration: exec of an empty static program", statistics.median(spawn_ms([nothing]) for _ in range(99)), "ms")
    times = echoes_us(1)
    show("calibration: echo of 64 bytes over loopback", statistics.median(times), "us", more="(Python at both ends; %s)" % tail(times))


def cores():
    """Where the load runs, and where what is measured."""
    mine = sorted(os.sched_getaffinity(0))
    return mine[0], mine[-1]


def tail(times):
    return "p99 %.0f us" % sorted(times)[len(times) * 99 // 100]


def echoes_us(seconds):
    """How long each took, from one core to the other: what the machine gives to anybody."""
    server = socket.create_server(("127.0.0.1", 0))
    all_cores, (here, there) = os.sched_getaffinity(0), cores()
    child = os.fork()
    if child == 0:
        os.sched_setaffinity(0, {there})
        with server.accept()[0] as s:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while piece := s.recv(64):
                s.sendall(piece)
        os._exit(0)
    os.sched_setaffinity(0, {here})
    times, end = [], time.perf_counter() + seconds
    with server, socket.create_connection(server.getsockname()) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while not times or began < end:
            began = time.perf_counter()
            s.sendall(b"x" * 64)
            s.recv(64)
            times.append((time.perf_counter() - began) * 1e6)
    os.waitpid(child, 0)
    os.sched_setaffinity(0, all_cores)
    return times


# The daemon ------------------------------------------------------------------------

def memory(pid):
    with open("/proc/%d/smaps_rollup" % pid) as f:
        kib = {k: int(v) for k, v in re.findall(r"^(\w+):\s+(\d+) kB", f.read(), re.M)}
    return kib["Rss"] / 1024, (kib["Private_Clean"] + kib["Private_Dirty"]) / 1024


def cpu_s(pid):
    with open("/proc/%d/stat" % pid) as f:
        words = f.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def waited_s(pid):
    """How long it could have run and was not let: others were on its core."""
    with open("/proc/%d/schedstat" % pid) as f:
        return int(f.read().split()[1]) / 1e9


def stamp_of(log, text):
    """When the log line with that text was written, in s since the epoch."""
    for line in log.splitlines():
        if text in line:
            return targets.stamp(line.split(" ", 1)[0])
    return None


def first_plan(l, times):
    """exec to the first plan, in ms: no Lease before, everything listed, a CR that is settled."""
    op = l.operator(direct=True, level="info")
    op.kill()
    out = []
    for n in range(times):
        l.free_lease()
        log = "%s/first-plan-%d" % (l.folder, n)
        to_log = [(os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), (os.POSIX_SPAWN_DUP2, 1, 2)]
        began = time.time()
        pid = os.posix_spawn(lab.OPERATOR, op.argv, os.environ, file_actions=to_log)
        try:
            out.append((lab.wait("the first plan", 10, lambda: stamp_of(open(log).read(), "first plan")) - began) * 1000)
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return statistics.median(out), min(out), max(out)


def daemon(times, short):
    target = targets.Dev(os.path.join(FOLDER, "devcluster"))
    try:
        target.start()
        l = lab.Lab(target, "figures")
        ns = l.namespace()
        op = l.operator()
        op.says("leading")
        l.create(ns)
        l.ready(ns)
        lab.wait("the event Ready", 5, lambda: [e for e in l.events(ns) if e["reason"] == "Ready"])
        counted = [n for n in op.counted() if n.came > op.began]
        writes = sum(n.write for n in counted)
        lists = sum(n.method == "GET" and n.path.count("/") <= 4 for n in counted)
        show("requests of a start and a bring-up", len(counted), "", None, "%d writes, %d lists" % (writes, lists))
        watches = lambda: sum(n.watch and n.code == 200 for n in op.notes())
        lab.wait("all watches", 10, lambda: watches() >= 8)
        before = cpu_s(op.process.pid)
        lab.quiet(2, lambda: not op.alive() and "it has ended")
        rss, private = memory(op.process.pid)
        show("RSS, idle, all watches open", rss, "MiB", 2.5)
        show("private memory, idle, all watches open", private, "MiB", 2.5)
        show("CPU of 2 s idle", (cpu_s(op.process.pid) - before) * 1000, "ms", 20)
        op.kill()
        median, low, high = first_plan(l, times)
        show("exec to the first plan, median of %d" % times, median, "ms", 10, "(%.1f to %.1f)" % (low, high))
        l.close()
        front_door.measure(sys.modules[__name__], target, short)
    finally:
        target.stop()


# Instructions ----------------------------------------------------------------------

BENCHES = (
    # program, function, how many times it is called, what that is, bar
    ("bench_http", "http_answer_parse", 1000, "instructions per response head", 1500),
    ("bench_http", "http_body_next", 1000, "instructions per 10 KB event to unchunk", None),
    ("bench_scan", "one_event", 1000, "instructions per 10 KB event, scan and store", 45000),
    ("bench_scan", "one_skip", 1000, "instructions to step over a 10 KB event", None),
    ("bench_tls", "one_record", 1000, "instructions per 10 KB event, TLS", None),
)


def instructions():
    if not shutil.which("valgrind"):
        print("valgrind is not installed: no instruction counts")
        return
    for program, function, count, name, bar in BENCHES:
        path = os.path.join(lab.BUILD, "release/bench", program)
        if not os.path.exists(path):
            continue
        out = os.path.join(FOLDER, "callgrind." + function)
        done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, "--toggle-collect=" + function + "*",
                               path], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        lab.check(done.returncode == 0, program, "ended with", done.returncode, done.stderr[-500:])
        total = int(re.search(r"Collected : (\d+)", done.stderr).group(1))
        lab.check(total > 0, program, function, "was never called")
        with open(out) as f:
            takes = len(re.findall(r"^c?fn=.*\b(?:malloc|calloc|realloc|mmap)\b", f.read(), re.M))
        show(name, total // count, "Ir", bar)
        lab.check(takes == 0, function, "takes memory in steady state")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    short = os.environ.get("BENCH_SHORT") == "1"
    try:
        calibrate()
        show("size of build/ais-operator", os.path.getsize(lab.OPERATOR), "bytes", 1300000)
        daemon(3 if short else 9, short)
        instructions()
    except lab.Failed as e:
        print("FAIL", e)
        return 1
    for line in missed:
        print("a bar is missed: " + line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
