"""lab.py - what scenarios work with: API servers, operators, waiting, objects.

Every wait has a deadline and polls; nothing sleeps for a fixed time.  Every
program that is started here is ended here.
"""
import base64
import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import time

import wire

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, "build")
OPERATOR = os.environ.get("OPERATOR", os.path.join(BUILD, "ais-operator"))
DEVCLUSTER = os.environ.get("DEVCLUSTER", os.path.join(BUILD, "devcluster"))
GROUP = "/apis/ais.nvidia.com/v1beta1"
LEASE = "60c23797.nvidia.com"
SYSTEM = "ais-operator-system"
ACCOUNT = "system:serviceaccount:ais-operator-system:controller-manager"
OWNED = {
    "configmaps": "/api/v1", "services": "/api/v1", "serviceaccounts": "/api/v1",
    "roles": "/apis/rbac.authorization.k8s.io/v1", "rolebindings": "/apis/rbac.authorization.k8s.io/v1",
    "statefulsets": "/apis/apps/v1",
}


class Failed(AssertionError):
    pass


class Skip(Exception):
    pass


def check(truth, *words):
    if not truth:
        raise Failed(" ".join(str(w) for w in words))


def wait(what, seconds, fn, every=0.02):
    """The first true answer of fn, within `seconds`; else it fails and says what was awaited."""
    end, last = time.time() + seconds, None
    while True:
        last = fn()
        if last:
            return last
        if time.time() > end:
            raise Failed("waited %.1f s for %s" % (seconds, what() if callable(what) else what))
        time.sleep(every)


def quiet(seconds, fn, every=0.05):
    """fn() stays false for so long: for what must not happen there is no event to wait for."""
    end = time.time() + seconds
    while time.time() < end:
        problem = fn()
        check(not problem, problem)
        time.sleep(every)


def die_with_us():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def spawn(argv, log, **more):
    with open(log, "ab") as out:
        return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=die_with_us, **more)


def end(process, seconds=10, how=signal.SIGTERM):
    if process is None or process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(argv, seconds=30, **more):
    """(exit code, stdout, stderr)"""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, text=True, **more)
    return done.returncode, done.stdout, done.stderr


def openssl(*words):
    done = subprocess.run(("openssl",) + words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    check(done.returncode == 0, "openssl", words[0], done.stderr)


class Authority:
    """A certificate authority of the tests' own."""

    def __init__(self, folder, name="tests"):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.crt, self.key = folder, folder + "/ca.crt", folder + "/ca.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=" + name, "-keyout", self.key, "-out", self.crt)

    def issue(self, name, addresses=(), days=2, names=()):
        """(certificate, key); negative days: it has expired."""
        path = os.path.join(self.folder, name)
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
                "-keyout", path + ".key", "-out", path + ".csr")
        with open(path + ".ext", "w") as f:
            f.write("subjectAltName=" + ",".join(["IP:" + a for a in addresses] + ["DNS:" + n for n in names]) + "\n")
        words = ["x509", "-req", "-in", path + ".csr", "-CA", self.crt, "-CAkey", self.key, "-CAcreateserial",
                 "-extfile", path + ".ext", "-out", path + ".crt", "-days", str(days)]
        openssl(*words)
        return path + ".crt", path + ".key"


def write_kubeconfig(path, server, ca, user, namespace=SYSTEM):
    """`ca`: a file; `user`: the user's fields as a dict."""
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": "e2e", "preferences": {},
        "clusters": [{"name": "e2e", "cluster": {"server": server, "certificate-authority": ca}}],
        "users": [{"name": "e2e", "user": user}],
        "contexts": [{"name": "e2e", "context": {"cluster": "e2e", "user": "e2e", "namespace": namespace}}],
    }
    with open(path, "w") as f:
        json.dump(config, f)
    return path


def read_kubeconfig(path):
    """(host, port, CA file, token) of the small ones that our own tools write: line by line, no YAML library."""
    with open(path) as f:
        text = f.read()
    one = lambda key: re.search(r'["{, ]*%s"?: *"?([^",}\s]+)' % key, text)
    server = re.search(r"https://([^:/\s\"]+):(\d+)", text)
    ca, token, data = one("certificate-authority"), one("token"), one("certificate-authority-data")
    if data:
        ca_file = path + ".ca"
        with open(ca_file, "wb") as f:
            f.write(base64.b64decode(data.group(1)))
    else:
        ca_file = ca.group(1)
    return server.group(1), int(server.group(2)), ca_file, token.group(1) if token else ""


class Operator:
    """One real process of the operator, with a wire of its own unless it is `direct`."""

    count = 0

    def __init__(self, lab, direct=False, namespaces=None, elect=True, level="debug", fault=None, user=None,
                 token=None, tokens=None, more=()):
        Operator.count += 1
        self.lab, self.wire = lab, None
        self.folder = os.path.join(lab.folder, "operator-%d" % Operator.count)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.log_path = self.folder + "/log"
        self.token_path = self.folder + "/token"
        with open(self.token_path, "w") as f:
            f.write(token or lab.target.token())
        server, ca = "https://%s:%d" % (lab.target.host, lab.target.port), lab.target.ca
        if not direct:
            self.wire = lab.target.new_wire()
            self.wire.tokens = tokens
            if fault:
                self.wire.fault = fault
            server, ca = "https://%s:%d" % (self.wire.host, self.wire.port), self.folder + "/ca.crt"
            shutil.copy(lab.target.wire_ca.crt, ca)
        self.kubeconfig = write_kubeconfig(self.folder + "/kubeconfig", server, ca,
                                           user or {"tokenFile": self.token_path})
        self.argv = [OPERATOR, "--kubeconfig", self.kubeconfig, "--log-level", level]
        if namespaces:
            self.argv.append("--watch-namespaces=" + ",".join(namespaces))
        if not elect:
            self.argv.append("--leader-elect=false")
        self.argv += more
        self.process, self.may_end = None, ()    # exit codes that are not a failure of the scenario
        lab.operators.append(self)
        self.start()

    def start(self):
        self.began = time.time()
        self.process = spawn(self.argv, self.log_path)
        return self

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def says(self, text, seconds=20):
        """Waits until its log has that text."""
        wait(lambda: "the operator to log %r; it ended with: %s" % (text, self.log()[-300:]), seconds,
             lambda: text in self.log() or check(self.alive(), "the operator has ended:", self.log()[-500:]))

    def alive(self):
        return self.process.poll() is None

    def kill(self):
        end(self.process, how=signal.SIGKILL)

    def stop(self, seconds=10):
        end(self.process, seconds)
        return self.process.returncode

    def notes(self, **filters):
        return [n for n in list(self.wire.notes) if all(getattr(n, k) == v for k, v in filters.items())]

    def counted(self):
        return [n for n in list(self.wire.notes) if n.counts()]

    def writes(self):
        return [n for n in list(self.wire.notes) if n.write and not n.lease]


def aistore(ns, name="ais", size=1, storage_class="ais-local", **more):
    """A CR as a user writes it."""
    ports = lambda public: {"servicePort": public, "portPublic": public, "portIntraControl": 51082, "portIntraData": 51083}
    spec = {
        "size": size,
        "nodeImage": "aistorage/aisnode:v4.9", "initImage": "aistorage/ais-init:v4.9",
        "stateStorage": {"hostPath": {"prefix": "/etc/ais"}},
        "proxySpec": ports(51080),
        "targetSpec": dict(ports(51081), mounts=[{"path": "/ais1", "size": "10Gi", "label": "disk1",
                                                  "storageClass": storage_class}]),
    }
    spec.update(more)
    return {"apiVersion": "ais.nvidia.com/v1beta1", "kind": "AIStore",
            "metadata": {"name": name, "namespace": ns}, "spec": spec}


def condition(cr, kind):
    for c in (cr or {}).get("status", {}).get("conditions") or []:
        if c["type"] == kind:
            return c
    return {}


class Lab:
    """One scenario's view: a target, namespaces, clusters, operators; all of it ends with the scenario."""

    def __init__(self, target, name):
        self.target, self.api, self.name = target, target.api, name
        self.folder = os.path.join(target.folder, re.sub(r"[^a-z0-9]+", "-", name.lower())[:60])
        os.makedirs(self.folder, exist_ok=True)
        self.operators, self.watches, self.namespaces, self.said = [], [], [], []

    def say(self, *words):
        """A line under the scenario's own."""
        self.said.append(" ".join(str(w) for w in words))

    def namespace(self):
        ns = self.target.next_namespace()
        self.api.must("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ns}})
        self.namespaces.append(ns)
        return ns

    def operator(self, **how):
        return Operator(self, **how)

    def watch(self, path):
        w = wire.Watch(self.api, path)
        self.watches.append(w)
        return w

    # Clusters
    def path(self, ns, name="ais"):
        return "%s/namespaces/%s/aistores/%s" % (GROUP, ns, name)

    def create(self, ns, name="ais", **spec):
        spec.setdefault("storage_class", self.target.storage_class)
        return self.api.must("POST", "%s/namespaces/%s/aistores" % (GROUP, ns), aistore(ns, name, **spec))

    def cr(self, ns, name="ais"):
        return self.api.get(self.path(ns, name))

    def why(self, ns, name="ais"):
        cr = self.cr(ns, name)
        if cr is None:
            return "%s/%s is not there" % (ns, name)
        c = condition(cr, "Ready")
        return "%s/%s: state %s, Ready %s %s: %s" % (ns, name, cr.get("status", {}).get("state"), c.get("status"),
                                                  c.get("reason"), c.get("message"))

    def ready(self, ns, name="ais", seconds=60):
        def look():
            cr = self.cr(ns, name)
            return cr if condition(cr, "Ready").get("status") == "True" and cr["status"].get("state") == "Ready" else None
        for o in self.operators:
            if o.process.returncode not in (None, 0, -9, -15, *o.may_end):
                raise Failed("the operator ended with %d: %s" % (o.process.returncode, o.log()[-500:]))
        return wait(lambda: "%s/%s to be Ready; %s" % (ns, name, self.why(ns, name)), seconds, look)

    def pods_ready(self, ns, count, seconds=60):
        """That many pods, all of them ready."""
        def look():
            pods = self.api.items("/api/v1/namespaces/%s/pods" % ns)
            ready = [p for p in pods if condition(p, "Ready").get("status") == "True"]
            return ready if len(ready) == len(pods) == count else None
        return wait("%d ready pods in %s" % (count, ns), seconds, look)

    def lease(self):
        lease = self.api.get("/apis/coordination.k8s.io/v1/namespaces/%s/leases/%s" % (SYSTEM, LEASE))
        return (lease or {}).get("spec", {}).get("holderIdentity") or ""

    def free_lease(self):
        self.api.ask("DELETE", "/apis/coordination.k8s.io/v1/namespaces/%s/leases/%s" % (SYSTEM, LEASE))

    def objects(self, ns):
        """What is there in the end, without what differs from run to run."""
        found = {}
        for plural, base in OWNED.items():
            for o in self.api.items("%s/namespaces/%s/%s" % (base, ns, plural)):
                name = o["metadata"]["name"]
                if name in ("kube-root-ca.crt", "default"):
                    continue
                found["%s/%s" % (plural, name)] = same(o, ns, False)
        for o in self.api.items("%s/namespaces/%s/aistores" % (GROUP, ns)):
            found["aistores/" + o["metadata"]["name"]] = same(o, ns, True)
        return found

    def events(self, ns):
        return self.api.items("/apis/events.k8s.io/v1/namespaces/%s/events" % ns)

    def kubectl(self, *words, seconds=60):
        binary = self.target.kubectl
        if not binary:
            raise Skip("no kubectl here")
        return run(binary + ["--kubeconfig", self.target.admin_kubeconfig] + list(words), seconds)

    def close(self):
        for o in self.operators:
            end(o.process, how=signal.SIGKILL)
            if o.wire:
                o.wire.fault = lambda note: None
                with contextlib.suppress(OSError):
                    o.wire.down()
        for w in self.watches:
            w.close()
        self.sweep()

    def sweep(self):
        """Nothing of this scenario is left: neither clusters nor what is theirs, nor the Lease."""
        self.free_lease()
        for ns in self.namespaces:
            # A definition that was just replaced answers 429 for a moment.
            listed = wait("a list of AIStores", 30, lambda: self.api.get("%s/namespaces/%s/aistores" % (GROUP, ns)))
            for cr in listed["items"]:
                path = self.path(ns, cr["metadata"]["name"])
                self.api.ask("PATCH", path, {"metadata": {"finalizers": None}}, "application/merge-patch+json")
                self.api.ask("DELETE", path)
            # The garbage collector needs half a minute to learn of a fresh CRD: the sets go by hand.
            for s in self.api.items("/apis/apps/v1/namespaces/%s/statefulsets" % ns):
                self.api.ask("DELETE", "/apis/apps/v1/namespaces/%s/statefulsets/%s" % (ns, s["metadata"]["name"]))
            for pvc in self.api.items("/api/v1/namespaces/%s/persistentvolumeclaims" % ns):
                self.api.ask("DELETE", "/api/v1/namespaces/%s/persistentvolumeclaims/%s" % (ns, pvc["metadata"]["name"]))
        for ns in self.namespaces:
            wait("the pods of %s to end" % ns, 60, lambda: not self.api.items("/api/v1/namespaces/%s/pods" % ns))
            self.api.ask("DELETE", "/api/v1/namespaces/" + ns)


def same(o, ns, with_status):
    """An object without what differs from run to run; its namespace is called NS."""
    meta = o["metadata"]
    kept = {"labels": meta.get("labels"), "annotations": dict(meta.get("annotations") or {}),
            "finalizers": meta.get("finalizers"),
            "owners": [(r["kind"], r["name"], r.get("controller")) for r in meta.get("ownerReferences") or []]}
    out = {k: v for k, v in o.items() if k not in ("metadata", "status", "apiVersion", "kind", "secrets")}
    out["metadata"] = kept
    if "config.aistore.nvidia.com/hash" in kept["annotations"]:     # of a text that has the namespace in it
        kept["annotations"]["config.aistore.nvidia.com/hash"] = "HASH"
    if with_status:
        status = dict(o.get("status") or {})
        status.pop("clusterID", None)
        status["conditions"] = sorted([c["type"], c["status"], c["reason"], c["message"]]
                                      for c in status.get("conditions") or [])
        out["status"] = status
    return json.loads(json.dumps(out, sort_keys=True).replace(ns, "NS"))


def difference(a, b, at=""):
    """The first place where two objects differ, in words; empty: the same."""
    if type(a) is not type(b):
        return "%s: %r and %r" % (at, a, b)
    if isinstance(a, dict):
        for k in sorted(set(a) | set(b)):
            if k not in a or k not in b:
                return "%s.%s is only in the %s" % (at, k, "first" if k in a else "second")
            d = difference(a[k], b[k], "%s.%s" % (at, k))
            if d:
                return d
        return ""
    if isinstance(a, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            d = difference(x, y, "%s[%d]" % (at, i))
            if d:
                return d
        return ""
    return "" if a == b else "%s: %r and %r" % (at, a, b)
