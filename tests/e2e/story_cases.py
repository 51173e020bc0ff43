"""story_cases.py - every case of tests/data/admission-cases.yaml, at the front door of an API server.

Nothing stands in for the cluster here: nodes, storage classes, Secrets and
rights are made as a case wants them.  What is stored before an update comes
past the webhook, and where it has to, past the schema.
"""
import base64
import contextlib
import copy
import os

import yaml

import door
import lab
from lab import check, wait
from wire import Fault

SPACES = ("ais", "auth-config", "other")
ALLOWED = "e2e-allowed"
LABELS = {"role": "ais", "r": "a"}
PLURALS = {"AIStore": "aistores", "AIStoreAuth": "aistoreauths", "AIStoreAuthProfile": "aistoreauthprofiles"}
# What 3.4.0 and the API server warn of: other warnings are advice of ours.
WARNINGS = ("is deprecated", "Using stateStorageClass", "is set when spec.Size is -1", "but rebalance is disabled", "will run on ALL nodes",
            "requires more K8s nodes", "unknown field", "Invalid value", "should use https", "insecureSkipVerify is enabled",
            "the operator is not authorized")


# Cases
def parts_of(path):
    """spec.mounts[0].size as its steps."""
    return [int(p) if p.isdigit() else p for p in path.replace("[", ".").replace("]", "").split(".")]


def change(thing, how):
    for path in how.get("unset") or []:
        *way, last = parts_of(path)
        at = thing
        for step in way:
            at = at[step]
        del at[last]
    for path, value in (how.get("set") or {}).items():
        *way, last = parts_of(path)
        at = thing
        for step in way:
            at = at.setdefault(step, {}) if isinstance(at, dict) else at[step]
        at[last] = copy.deepcopy(value)
    return thing


class Case:
    def __init__(self, suite, raw):
        self.raw, self.id = raw, raw["id"]
        self.env = dict(suite["env"], **raw.get("env") or {})
        base = copy.deepcopy(suite["base"][raw["base"]])
        base["metadata"]["name"] = self.id.lower()
        self.update = raw.get("op") == "update"
        self.old = change(base, raw.get("old") or {}) if self.update else None
        self.new = change(copy.deepcopy(base), raw)
        self.status = self.new.pop("status", None)      # written by itself, beforehand
        self.dying = self.new["metadata"].pop("deletionTimestamp", None)
        meta = self.new["metadata"]
        self.path = "/apis/%s/%s%s" % (self.new["apiVersion"], "namespaces/%s/" % meta["namespace"] if "namespace" in meta else "",
                                       PLURALS[self.new["kind"]])

    def place(self):
        return "%s/%s" % (self.path, self.id.lower())


# The cluster
class World:
    """The environment that cases are judged in."""

    def __init__(self, l, d, op, suite):
        self.l, self.api, self.d, self.op = l, l.api, d, op
        self.nodes = []
        l.watches.append(self)
        for ns in SPACES:
            wait("a namespace of before to go", 60, lambda: self.api.get("/api/v1/namespaces/" + ns) is None, every=0.2)
            self.api.must("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ns}})
        l.namespaces += SPACES
        for plural, kind in (("secrets", "Secret"), ("configmaps", "ConfigMap")):
            for where, keys in suite["env"][plural].items():
                self.keep(plural, kind, where, keys)
        self.rights("e2e-writer", "User", suite["env"]["user"],
                    [("ais.nvidia.com", "aistores", ["*"]), ("auth.ais.nvidia.com", "aistoreauths", ["*"]),
                     ("auth.ais.nvidia.com", "aistoreauthprofiles", ["create", "update", "get"])])
        self.rights(ALLOWED, "Group", ALLOWED, [("auth.ais.nvidia.com", "aistoreauthprofiles", ["use"]), ("", "secrets", ["get"]),
                                                ("", "configmaps", ["get"])])
        self.fewer_nodes(suite["env"]["nodes"])

    def keep(self, plural, kind, where, keys):
        ns, name = where.split("/")
        thing = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}}
        thing["data"] = {k: base64.b64encode(b"x").decode() for k in keys}
        self.api.must("POST", "/api/v1/namespaces/%s/%s" % (ns, plural), thing)

    def rights(self, name, kind, subject, rules):
        role = {"kind": "ClusterRole", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": name},
                "rules": [{"apiGroups": [g], "resources": [r], "verbs": v} for g, r, v in rules]}
        binding = {"kind": "ClusterRoleBinding", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": name},
                   "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
                   "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": subject}]}
        self.d.make(role)
        self.d.make(binding)

    def fewer_nodes(self, count):
        """So many, all of them with the labels that cases select."""
        for n, node in enumerate(self.api.items("/api/v1/nodes")):
            path = "/api/v1/nodes/" + node["metadata"]["name"]
            if n < count:
                self.api.merge(path, {"metadata": {"labels": LABELS}})
            else:
                self.nodes.append(node)
                self.api.must("DELETE", path)

    def classes(self, names):
        for name in set(names) | {"local-path", "a", "b"}:
            thing = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}, "provisioner": "e2e"}
            there = self.api.get(door.place(thing)) is not None
            if name in names and not there:
                self.d.make(thing)
            elif name not in names and there:
                self.api.must("DELETE", door.place(thing))

    def profiles(self, names, base):
        path = "/apis/auth.ais.nvidia.com/v1alpha1/aistoreauthprofiles"
        there = self.api.get(path + "/prod") is not None
        if "prod" in names and not there:
            self.api.must("POST", path, base)
        elif "prod" not in names and there:
            self.api.must("DELETE", path + "/prod")

    def become(self, case, base):
        self.classes(case.env["storageClasses"])
        self.profiles(case.env["profiles"], base["prof"])
        closed = b'{"kind":"Status","status":"Failure","reason":"Forbidden","code":403,"message":"invented"}'
        hidden = lambda n: n.method == "GET" and ("/secrets/" in n.path or "/configmaps/" in n.path)
        self.op.wire.fault = lambda n: Fault(answer=(403, {}, closed)) if not case.env["operatorCanRead"] and hidden(n) else None

    def store(self, case, past):
        """What was there before.  False: the schema does not let it in."""
        code, answer, _ = self.api.send("POST", case.path + "?fieldValidation=Ignore", self.before(case), fields=past)
        if code == 422:
            return False
        check(code == 201, case.id, "cannot be prepared:", code, answer)
        if case.status:
            self.api.must("PATCH", case.place() + "/status", {"status": case.status}, "application/merge-patch+json", past)
        if case.dying:
            self.api.must("DELETE", case.place())
        return True

    def before(self, case):
        old = copy.deepcopy(case.old)
        if case.dying:
            old["metadata"]["finalizers"] = ["e2e.example/held"]
        return old

    def store_all(self, cases):
        """Some only get in while the schema asks for nothing."""
        with self.d.past() as past:
            return self.store_past(cases, past)

    def store_past(self, cases, past):
        hard = [c for c in cases if c.update and not self.store(c, past)]
        crd, = door.manifests("conversion/ais.nvidia.com_aistores.yaml")
        loose = copy.deepcopy(crd)
        for v in loose["spec"]["versions"]:
            v["schema"]["openAPIV3Schema"] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        self.d.set_definition(loose)
        try:
            for c in hard:
                wait("the schema to ask for nothing", 20, lambda: self.store(c, past), every=0.1)
        finally:
            self.d.set_definition(crd)
        bad = lab.aistore("ais", "loose", size="x")
        wait("the schema to be back", 20, lambda: self.api.send("POST", lab.GROUP + "/namespaces/ais/aistores?dryRun=All", bad,
                                                              fields=past)[0] == 422, every=0.1)
        return len(hard)

    def close(self):
        for node in self.nodes:
            meta = {"name": node["metadata"]["name"], "labels": node["metadata"]["labels"],
                    "annotations": node["metadata"].get("annotations")}
            self.api.ask("POST", "/api/v1/nodes", {"apiVersion": "v1", "kind": "Node", "metadata": meta, "spec": node.get("spec") or {}})
            self.api.ask("PUT", "/api/v1/nodes/%s/status" % meta["name"], {"apiVersion": "v1", "kind": "Node", "metadata": meta,
                                                                         "status": node["status"]})
        with self.d.past() as past:
            self.remove_all(past)

    def remove_all(self, past):
        for plural in PLURALS.values():
            for path in (lab.GROUP, "/apis/auth.ais.nvidia.com/v1alpha1"):
                for thing in self.api.items("%s/%s" % (path, plural)):
                    self.remove(path, plural, thing["metadata"], past)

    def remove(self, path, plural, meta, past):
        if meta.get("namespace", "ais") not in SPACES:
            return
        at = "%s/%s%s/%s" % (path, "namespaces/%s/" % meta["namespace"] if "namespace" in meta else "", plural, meta["name"])
        self.api.send("PATCH", at, {"metadata": {"finalizers": None}}, "application/merge-patch+json", past)
        self.api.send("DELETE", at, fields=past)


# Verdicts
@contextlib.contextmanager
def denied(l, user):
    """Header fields of one who may write the resource, and nothing that it names."""
    if l.target.impersonates:
        yield {"Impersonate-User": user}
        return
    l.target.deny(True)
    try:
        yield {}
    finally:
        l.target.deny(False)


@contextlib.contextmanager
def allowed(l, user):
    yield {"Impersonate-User": user, "Impersonate-Group": ALLOWED} if l.target.impersonates else {}


def submit(world, case, dry):
    """(code, message, warnings, the SubjectAccessReviews)"""
    who = allowed if case.env["sar"] == "allow" else denied
    query = "?fieldValidation=%s%s" % (case.env["fieldValidation"], "&dryRun=All" if dry else "")
    thing = copy.deepcopy(case.new)
    if case.update:
        meta = world.api.get(case.place())["metadata"]
        thing["metadata"].update({k: meta[k] for k in ("resourceVersion", "finalizers") if k in meta and k not in thing["metadata"]})
    begun = len(world.op.wire.notes)
    with who(world.l, case.env["user"]) as fields:
        code, answer, warnings = world.api.send("PUT" if case.update else "POST",
                                                (case.place() if case.update else case.path) + query, thing, fields=fields)
    return code, "" if code < 300 else answer.get("message", ""), warnings, list(reviews(world.op.wire.notes[begun:]))


def reviews(notes):
    for n in notes:
        if n.method == "POST" and n.path.endswith("/subjectaccessreviews"):
            a = yaml.safe_load(n.body)["spec"]["resourceAttributes"]
            yield "/".join(x for x in (a["verb"], a["resource"], a.get("namespace"), a["name"]) if x)


def layer(code, message):
    if "denied the request" in message:
        return "decode" if code == 400 else "webhook"
    return "strict" if code == 400 else "schema" if code == 422 else "nobody"


def wrong(case, code, message, warnings, asked):
    """What is not as the case says; empty: all is."""
    said = lambda texts, where: [t for t in texts or [] if not any(t in w for w in where)]
    raw, usual = case.raw, [w for w in warnings if any(k in w for k in WARNINGS)]
    if "reviews" in raw and asked != raw["reviews"]:
        return "reviews: %s" % asked
    if raw["want"] == "reject":
        by = {"cel": "schema"}.get(raw["by"], raw["by"])       # both are the API server's own
        if layer(code, message) != by:
            return "by %s" % layer(code, message)
        if raw.get("code", code) != code:
            return "code %d" % code
        missing = said(raw.get("says"), [message]) + said(raw.get("warns"), warnings)
        return "not said: %s" % missing if missing else ""
    if code >= 300:
        return "refused"
    if (raw["want"] == "warn") != bool(usual):
        return "warnings: %s" % usual
    missing = said(raw.get("says"), warnings) + said(raw.get("advice"), warnings)
    return "not said: %s" % missing if missing else ""


def every_case_gets_its_verdict_from_an_api_server(l):
    with open(os.path.join(lab.TOP, "tests/data/admission-cases.yaml")) as f:
        suite = yaml.safe_load(f)
    d = door.Door(l)
    op = d.operator(namespaces=[l.namespace()], elect=False)
    d.both_versions()
    d.open()
    world, bad = World(l, d, op, suite), []
    cases = [Case(suite, raw) for raw in suite["cases"]]
    hard = world.store_all(cases)
    for case in cases:
        world.become(case, suite["base"])
        for dry in (True, False):
            verdict = submit(world, case, dry)
            problem = wrong(case, *verdict)
            if problem:
                bad.append("%s%s: %s (%d %s %s)" % (case.id, " (dry run)" if dry else "", problem, *verdict[:3]))
    for line in bad:
        l.say(line)
    l.say("%d cases, each dry and stored; %d of them with a past that the schema forbids" % (len(cases), hard))
    check(not bad, len(bad), "verdicts are not as written")
