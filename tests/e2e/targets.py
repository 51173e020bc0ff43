"""targets.py - the API servers that scenarios run against.

`real`: what controlplane.sh starts, with the node side of devcluster; the runner
itself runs inside the namespaces of that control plane.  `devcluster`: our own
stand-in, on loopback.  A scenario sees the same attributes of both.
"""
import calendar
import itertools
import json
import os
import shutil
import time

import lab
import wire


class Target:
    """What both have.  `account()`: whom the audit log shows as the operator; None: there is no audit log."""

    name = ""
    storage_class = "ais-local"
    impersonates = False                # may requests be made in somebody's name, and do rights count?

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.numbers = itertools.count(1)
        self.processes = []

    def connect(self, kubeconfig):
        self.admin_kubeconfig = kubeconfig
        self.host, self.port, self.ca, token = lab.read_kubeconfig(kubeconfig)
        self.api = wire.Api(self.host, self.port, self.ca, token)
        self.wire_ca = lab.Authority(self.folder + "/wire-ca", "wire")
        self.wire_certificate = self.wire_ca.issue("wire", [self.host])

    def new_wire(self):
        return wire.Wire((self.host, self.port), self.ca, self.wire_certificate, self.host)

    def next_namespace(self):
        return "e2e-%d-%d" % (os.getpid(), next(self.numbers))

    def find_class(self):
        classes = lab.wait("a storage class", 30, lambda: self.api.items("/apis/storage.k8s.io/v1/storageclasses"))
        self.storage_class = classes[0]["metadata"]["name"]

    def warm_up(self):
        """A kube-apiserver shows objects of a fresh CRD seconds late, once: not what scenarios are about."""
        l = lab.Lab(self, "warm-up")
        ns = l.namespace()
        path = "%s/namespaces/%s/aistores" % (lab.GROUP, ns)
        lab.wait("the CRD to be served", 30, lambda: self.api.get(path))
        watch = l.watch(path)
        l.create(ns)
        lab.wait("the first AIStore to be shown", 30, lambda: watch.seen)
        l.close()

    def compact(self):
        """Forgets the history of changes, where that can be asked for: watches from before get a 410."""

    def audit(self, since, account=lab.ACCOUNT):
        """Requests of that user that were received since then, oldest first, as Entry."""
        raise lab.Skip("no audit log here")

    def stop(self):
        for p in reversed(self.processes):
            lab.end(p)


class Entry:
    """A line of the audit log."""

    def __init__(self, line):
        e = json.loads(line)
        ref = e.get("objectRef") or {}
        self.came, self.done = stamp(e["requestReceivedTimestamp"]), stamp(e["stageTimestamp"])
        self.verb, self.user = e["verb"], e["user"]["username"]
        self.resource, self.sub = ref.get("resource", ""), ref.get("subresource", "")
        self.ns, self.name = ref.get("namespace", ""), ref.get("name", "")
        self.code = (e.get("responseStatus") or {}).get("code", 0)
        self.write = self.verb in ("create", "update", "patch", "delete")

    def __str__(self):
        what = self.resource + ("/" + self.sub if self.sub else "")
        return "%s %s %s %d" % (self.verb, what, self.name, self.code)

    def counts(self):
        return self.verb != "watch" and self.resource != "leases"


def stamp(text):
    """An RFC 3339 moment in UTC, in s since the epoch."""
    whole, _, part = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float("0." + (part or "0"))


class Real(Target):
    name = "real"
    impersonates = True

    def start(self):
        self.script = os.path.join(lab.TOP, "tests/e2e/controlplane.sh")
        self.connect(self.folder + "/admin.kubeconfig")
        self.kubectl = [lab.BUILD + "/controlplane", "kubectl"]
        self.processes.append(lab.spawn([lab.DEVCLUSTER, "--nodes-only", "--kubeconfig", self.folder + "/nodes.kubeconfig",
                                         "--nodes", "6", "--pod-cidr", "10.42.0.0/16"], self.folder + "/log/nodes.log"))
        lab.wait("nodes to register", 30, lambda: self.api.items("/api/v1/nodes"))
        self.find_class()
        self.warm_up()

    def token(self, bound_to=None):
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}}
        if bound_to:
            request["spec"]["boundObjectRef"] = {"apiVersion": "v1", "kind": "Secret", "name": bound_to}
        path = "/api/v1/namespaces/%s/serviceaccounts/controller-manager/token" % lab.SYSTEM
        return self.api.must("POST", path, request)["status"]["token"]

    def two_tokens(self):
        """(old, new, what a wire translates, how the old one is revoked)."""
        path = "/api/v1/namespaces/%s/secrets" % lab.SYSTEM
        name = "bound-%d" % next(self.numbers)
        self.api.must("POST", path, {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}})
        old = self.token(name)

        def revoke(op):
            self.api.must("DELETE", "%s/%s" % (path, name))
            lab.wait("the old token to be refused", 30,
                     lambda: self.api.ask("GET", lab.GROUP + "/aistores", token=old)[0] == 401, every=0.2)
        return old, self.token(), None, revoke

    def audit(self, since, account=lab.ACCOUNT):
        with open(self.folder + "/log/audit.log") as f:
            entries = [Entry(line) for line in f if line.endswith("}\n")]
        return sorted((e for e in entries if e.came >= since and account in (None, e.user)), key=lambda e: e.came)

    def settle_audit(self):
        """Until the log has what was done up to now: a request of ours shows in it."""
        began = time.time()
        self.api.get("/version")
        lab.wait("the audit log", 10, lambda: any(e.user == "admin" for e in self.audit(began, None)))

    def restart_api(self, meanwhile=lambda: None):
        for verb in ("stop", "start"):
            code, out, err = lab.run([self.script, verb, self.folder, "kube-apiserver"], 60)
            lab.check(code == 0, verb, out, err)
            if verb == "stop":
                meanwhile()
        lab.wait("the API server to be back", 60, self.is_up)

    def is_up(self):
        try:
            return self.api.ask("GET", "/readyz")[0] == 200
        except OSError:
            return False


class Dev(Target):
    name = "devcluster"

    def __init__(self, folder, speed=20):
        super().__init__(folder)
        self.speed = speed

    def start(self):
        kubeconfig = self.folder + "/admin.kubeconfig"
        if os.path.exists(kubeconfig):
            os.remove(kubeconfig)
        self.processes.append(lab.spawn([lab.DEVCLUSTER, "serve", "--data", self.folder, "--kubeconfig", kubeconfig, "--nodes", "6",
                                         "--speed", str(self.speed)], self.folder + "/devcluster.log", cwd=lab.TOP))
        lab.wait("devcluster to write its kubeconfig", 10, lambda: os.path.exists(kubeconfig) or
                 lab.check(self.processes[0].poll() is None, "devcluster has ended; see", self.folder + "/devcluster.log"))
        self.connect(kubeconfig)
        self.kubectl = [lab.BUILD + "/controlplane", "kubectl"]
        if not os.path.exists(self.kubectl[0]):
            self.kubectl = [shutil.which("kubectl")] if shutil.which("kubectl") else None
        lab.wait("nodes to register", 30, lambda: self.api.items("/api/v1/nodes"))
        self.api.ask("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": lab.SYSTEM}})
        self.find_class()
        self.warm_up()

    def token(self):
        return self.api.token

    def compact(self):
        self.api.must("POST", "/devcluster/compact")

    def deny(self, denied):
        """From now on SubjectAccessReviews say that nobody may do anything, or that all may."""
        self.api.must("POST", "/devcluster/deny" + ("?user=admin" if denied else ""))

    def two_tokens(self):
        def revoke(op):
            op.wire.tokens = {"new-token": self.api.token}
        return "old-token", "new-token", {"old-token": self.api.token}, revoke


TARGETS = {"real": Real, "devcluster": Dev}
