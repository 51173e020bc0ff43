"""front_door.py - what the front door costs: reviews, connections, conversions.

The load is wrk's, on one core, and the operator is held to the other.  Bodies
are as an API server sends them: half of an object is what no rule reads.
"""
import copy
import json
import os
import re
import shutil
import subprocess
import time

import door
import lab

SAMPLE = "deploy/samples/ais_v1alpha1_aistore.yaml"


def as_stored(size):
    """An AIStore of some 7 KB, as kubectl apply leaves it."""
    cr = lab.aistore("ais", size=size)
    env = [{"name": "AIS_SETTING", "value": "some text"}] * 16
    for role in ("proxySpec", "targetSpec"):
        cr["spec"][role].update(env=env, resources={"requests": {"cpu": "4", "memory": "16Gi"}})
    fields = {"f:spec": dict({"f:someFieldName%d" % i: {} for i in range(60)}, **{".": {}})}
    managed = {"apiVersion": cr["apiVersion"], "fieldsType": "FieldsV1", "fieldsV1": fields, "manager": "kubectl",
               "operation": "Update", "time": "2026-11-24T12:00:00Z"}
    cr["metadata"].update(uid="u", resourceVersion="7", generation=3, managedFields=[managed] * 2, annotations={
        "kubectl.kubernetes.io/last-applied-configuration": json.dumps(cr["spec"])})
    return cr


def review(old):
    group = {"group": "ais.nvidia.com", "version": "v1beta1"}
    request = {"uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "kind": dict(group, kind="AIStore"),
               "operation": "UPDATE" if old else "CREATE",
               "userInfo": {"username": "alice"}, "object": as_stored(3), "oldObject": old, "dryRun": False}
    return json.dumps({"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request}, separators=(",", ":"))


def script(path, bodies):
    """wrk's: the bodies by turns."""
    with open(path, "w") as f:
        f.write("local bodies, n = { %s }, 0\n" % ", ".join("[==[%s]==]" % b for b in bodies))
        f.write('local fields = { ["Content-Type"] = "application/json", ["Host"] = "%s" }\n' % door.NAME)
        f.write('function init() for i, b in ipairs(bodies) do bodies[i] = wrk.format("POST", "%s", fields, b) end end\n' % door.BETA)
        f.write("function request() n = n % #bodies + 1 return bodies[n] end\n")


def ms(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def wrk(figures, at, path, connections, seconds):
    """(requests a second, p99 in ms)"""
    done = lab.run(["taskset", "-c", str(figures.cores()[0]), "wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds,
                    "--latency", "-s", path, at], seconds + 20)
    lab.check(done[0] == 0, "wrk", done)
    lab.check("Non-2xx" not in done[1] and "Socket errors" not in done[1], "wrk", done[1])
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done[1]).group(1)), ms(re.search(r"99%\s+(\S+)", done[1]).group(1))


def reviews(figures, op, at, seconds):
    path = os.path.join(op.folder, "reviews.lua")
    bodies = [review(None), review(as_stored(1))]
    script(path, bodies)
    wrk(figures, at, path, 8, 1)
    spent = figures.cpu_s(op.process.pid)
    rate, p99 = wrk(figures, at, path, 8, seconds)
    spent = figures.cpu_s(op.process.pid) - spent
    figures.show("reviews of %d and %d bytes a second and core" % tuple(map(len, bodies)), int(rate * seconds / spent), "", -20000,
                 "(%d a second came, 8 connections, p99 %.2f ms)" % (rate, p99))
    echo = figures.tail(figures.echoes_us(seconds))
    waited = figures.waited_s(op.process.pid)
    rate, p99 = wrk(figures, at, path, 32, seconds)
    waited = figures.waited_s(op.process.pid) - waited
    # wrk adds what it would have sent meanwhile to each stall, also to those of the machine.
    figures.show("p99 of a review at 32 connections", p99, "ms", 11.1, "(%d a second came; others had the core for %d %% of it; "
                 "echo of 64 bytes: %s)" % (rate, waited / seconds * 100, echo))


def connections(figures, op, seconds):
    spent = figures.cpu_s(op.process.pid)
    done = lab.run(["taskset", "-c", str(figures.cores()[0]), "openssl", "s_time", "-connect", "127.0.0.1:%d" % op.port,
                    "-new", "-time", str(seconds)], seconds + 20)
    made, took = map(int, re.search(r"(\d+) connections in (\d+) real seconds", done[1]).groups())
    spent = figures.cpu_s(op.process.pid) - spent
    figures.show("new TLS connections a second and core", int(made / spent), "", -600, "(%d a second came)" % (made / took))


def conversions(figures, d, op):
    import yaml
    with open(os.path.join(lab.TOP, SAMPLE)) as f:
        one = yaml.safe_load(f)
    objects = []
    for n in range(1000):
        objects.append(copy.deepcopy(one))
        objects[-1]["metadata"].update(name="ais-%d" % n, namespace="ais", uid="u-%d" % n)
    body = json.dumps({"kind": "ConversionReview", "apiVersion": "apiextensions.k8s.io/v1",
                       "request": {"uid": "u", "desiredAPIVersion": "ais.nvidia.com/v1beta1", "objects": objects}}).encode()
    spent, began = figures.cpu_s(op.process.pid), time.perf_counter()
    code, answer = d.post(op, "/convert", body)
    took = time.perf_counter() - began
    lab.check(code == 200 and len(answer["response"]["convertedObjects"]) == 1000, "/convert", code, str(answer)[:300])
    figures.show("time per object, 1,000 converted in one review", took * 1000, "us", None,
                 "(%.0f us of CPU)" % ((figures.cpu_s(op.process.pid) - spent) * 1000))


def measure(figures, target, short):
    """Beside the 64-byte echo of the same run."""
    if not shutil.which("wrk"):
        print("wrk is not installed: no figures of the front door (apt-get install wrk)")
        return
    l = lab.Lab(target, "door-figures")
    try:
        d = door.Door(l)
        op = d.operator(direct=True, namespaces=["nowhere"], elect=False, level="info")
        subprocess.run(["taskset", "-p", "-c", str(figures.cores()[1]), str(op.process.pid)], check=True, capture_output=True)
        for body in (review(None), review(as_stored(1))):
            code, answer = d.post(op, door.BETA, body.encode())
            lab.check(code == 200 and answer["response"]["allowed"], "a review that is measured:", code, answer)
        before, _ = figures.memory(op.process.pid)
        reviews(figures, op, "https://127.0.0.1:%d" % op.port, 2 if short else 8)
        connections(figures, op, 2 if short else 5)
        conversions(figures, d, op)
        rss, private = figures.memory(op.process.pid)
        figures.show("RSS after all of these", rss, "MiB", None, "(%.2f before, private %.2f)" % (before, private))
    finally:
        l.close()
