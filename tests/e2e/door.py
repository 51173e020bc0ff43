"""door.py - the front door: from an API server to the webhooks of operators.

A cluster would have a Deployment behind the Service; here operators are
processes, so each gets an EndpointSlice of its own.  Everything that is put
up here is taken down with the scenario, and is known to be gone.
"""
import base64
import contextlib
import http.client
import json
import os
import shutil
import socket
import ssl

import yaml

import lab
from lab import SYSTEM, TOP, check, wait

SERVICE = "ais-operator-webhook-service"
NAME = "%s.%s.svc" % (SERVICE, SYSTEM)
HOOKS = "ais-operator-validating-webhook-configuration"
SECRET = "/api/v1/namespaces/%s/secrets/ais-operator-webhook-cert" % SYSTEM
CRD = "aistores.ais.nvidia.com"
OLD_GROUP = "/apis/ais.nvidia.com/v1alpha1"
BETA = "/validate-ais-nvidia-com-v1beta1-aistore"
ALPHA = "/validate-ais-nvidia-com-v1alpha1-aistore"
PROFILE = "/validate-auth-ais-nvidia-com-v1alpha1-aistoreauthprofile"
PAST = "past-the-door"              # a user whose writes no webhook sees
GROUPS = {
    "Service": "/api/v1/namespaces/%s/services" % SYSTEM,
    "EndpointSlice": "/apis/discovery.k8s.io/v1/namespaces/%s/endpointslices" % SYSTEM,
    "ValidatingWebhookConfiguration": "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
    "CustomResourceDefinition": "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "StorageClass": "/apis/storage.k8s.io/v1/storageclasses",
    "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
}


def manifests(path):
    with open(os.path.join(TOP, "deploy", path)) as f:
        return [m for m in yaml.safe_load_all(f) if m]


def place(thing):
    return "%s/%s" % (GROUPS[thing["kind"]], thing["metadata"]["name"])


def put(api, thing):
    """There is such an object, as it is given, whatever was there."""
    old = api.get(place(thing))
    if old is None:
        return api.must("POST", GROUPS[thing["kind"]], thing)
    meta = dict(thing["metadata"], resourceVersion=old["metadata"]["resourceVersion"])
    return api.must("PUT", place(thing), dict(thing, metadata=meta))


def in_pem(path):
    """A file as it stands in caBundle."""
    with open(path, "rb") as f:
        return base64.b64encode(f.read()).decode()


class Door:
    """Webhooks of the operators of one scenario, and what leads there."""

    def __init__(self, l, own=False):
        """`own`: the operators make their certificates themselves."""
        self.l, self.api, self.own, self.made, self.versions = l, l.api, own, [], False
        if own:
            self.made.append(SECRET)
        self.ca = None
        if not own:
            self.ca = lab.Authority(l.folder + "/door-ca", "door")
            self.certificate = self.ca.issue("door", names=[NAME, "localhost"])
        l.watches.append(self)
        for thing in manifests("webhook/service.yaml"):
            self.make(thing)

    # Operators
    def begin(self, **how):
        """One that is about to serve, and is found there."""
        port, health = self.free_port(), self.free_port()
        folder = os.path.join(self.l.folder, "serving-%d" % port)
        os.makedirs(folder, exist_ok=True)
        if not self.own:
            self.install(folder, self.certificate)
        more = ["--webhook-port=%d" % port, "--health-probe-bind-address=%s:%d" % (self.l.target.host, health),
                "--metrics-bind-address=0", "--webhook-cert-path=" + folder]
        if self.own:
            more.append("--own-certificates=yes")
        self.lead_to(port)
        op = self.l.operator(more=more, **how)
        op.port, op.health, op.serving = port, health, folder
        return op

    def operator(self, **how):
        op = self.begin(**how)
        wait(lambda: "the webhook port; " + op.log()[-500:], 20, lambda: self.listens(op))
        return op

    def install(self, folder, certificate):
        for path, name in zip(certificate, ("tls.crt", "tls.key")):
            shutil.copy(path, "%s/%s.new" % (folder, name))
            os.replace("%s/%s.new" % (folder, name), "%s/%s" % (folder, name))

    def free_port(self):
        with socket.create_server((self.l.target.host, 0)) as s:
            return s.getsockname()[1]

    def listens(self, op):
        check(op.alive(), "the operator has ended:", op.log()[-500:])
        try:
            socket.create_connection((self.l.target.host, op.port), 1).close()
            return True
        except OSError:
            return False

    # Ways
    def make(self, thing):
        self.made.append(place(thing))
        return put(self.api, thing)

    def lead_to(self, port):
        """An EndpointSlice; an operator that has gone keeps its own."""
        self.make({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
                   "metadata": {"name": "e2e-%d" % port, "labels": {"kubernetes.io/service-name": SERVICE,
                                                                      "endpointslice.kubernetes.io/managed-by": "e2e"}},
                   "endpoints": [{"addresses": [self.l.target.host], "conditions": {"ready": True}}],
                   "ports": [{"name": "https", "port": port, "protocol": "TCP"}]})

    def hooks(self, **more):
        """The configuration as it is shipped, as the tests need it: the user PAST is not judged."""
        for thing in manifests("webhook/validating-webhook.yaml"):
            for hook in thing["webhooks"]:
                hook["matchConditions"] = [{"name": "e2e", "expression": "request.userInfo.username != '%s'" % PAST}]
                hook.update(more)
                if self.ca:
                    hook["clientConfig"]["caBundle"] = in_pem(self.ca.crt)
            return thing

    def open(self, **more):
        """From now on the API server asks."""
        self.make(self.hooks(**more))
        wait(lambda: "the webhook to be asked; " + str(self.probe()), 30, lambda: "invalid cluster size" in self.probe(),
             every=0.1)

    def probe(self):
        """What an AIStore without any node is told; empty: it is taken."""
        bad = lab.aistore(SYSTEM, "probe", size=0)
        code, answer, _ = self.api.send("POST", "%s/namespaces/%s/aistores?dryRun=All" % (lab.GROUP, SYSTEM), bad)
        return "" if code < 300 else answer.get("message", str(code)) if isinstance(answer, dict) else str(answer)

    @contextlib.contextmanager
    def past(self):
        """Header fields of writes that no webhook sees; where nobody can be impersonated none is asked meanwhile."""
        if self.l.target.impersonates:
            yield {"Impersonate-User": PAST, "Impersonate-Group": "system:masters"}
            return
        at = GROUPS["ValidatingWebhookConfiguration"] + "/" + HOOKS
        hooks = self.api.get(at)
        self.api.ask("DELETE", at)
        try:
            yield {}
        finally:
            if hooks is not None:
                put(self.api, dict(hooks, metadata={"name": HOOKS}))

    # Versions
    def both_versions(self):
        """The definition with conversion takes the place of the other."""
        crd, = manifests("conversion/ais.nvidia.com_aistores.yaml")
        self.set_definition(crd)
        self.served(200)

    def set_definition(self, crd):
        if self.ca:
            crd["spec"]["conversion"]["webhook"]["clientConfig"]["caBundle"] = in_pem(self.ca.crt)
        self.versions = True
        put(self.api, crd)

    def one_version(self):
        crd, = manifests("crd/ais.nvidia.com_aistores.yaml")
        put(self.api, crd)
        self.served(404)

    def served(self, old):
        """Both have to be seen: a definition that changes is not served for a moment."""
        look = lambda group: self.api.ask("GET", group + "/aistores")[0]
        wait(lambda: "versions: v1alpha1 %d, v1beta1 %d" % (look(OLD_GROUP), look(lab.GROUP)), 30,
             lambda: look(OLD_GROUP) == old and look(lab.GROUP) == 200, every=0.1)

    # By hand
    def post(self, op, path, body, kind="application/json"):
        """(code, object) of a request that no API server made."""
        context = ssl.create_default_context(cafile=self.ca.crt)
        raw = socket.create_connection((self.l.target.host, op.port), 10)
        with context.wrap_socket(raw, server_hostname=NAME) as s:
            c = http.client.HTTPSConnection(self.l.target.host, op.port)
            c.sock = s
            c.request("POST", path, body if isinstance(body, bytes) else json.dumps(body), {"Content-Type": kind})
            answer = c.getresponse()
            text = answer.read()
        return answer.status, json.loads(text)

    def close(self):
        """What was made, the other way round; nobody is asked any more when this returns."""
        for path in reversed(self.made):
            self.api.ask("DELETE", path)
        wait("the webhook to be forgotten", 30, lambda: "webhook" not in self.probe() and "denied" not in self.probe(), every=0.1)
        if self.versions:
            self.one_version()
