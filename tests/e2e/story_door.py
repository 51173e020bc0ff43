"""story_door.py - what enters the cluster, and what the person who wrote it is told."""
import base64
import json
import os
import re
import resource
import socket
import subprocess
import time

import door
import lab
from lab import check, quiet, wait


def written(l, name, thing):
    path = os.path.join(l.folder, name + ".json")
    with open(path, "w") as f:
        json.dump(thing, f)
    return path


def refused(l, words, *says):
    """kubectl fails, and shows these words."""
    code, out, err = l.kubectl(*words)
    check(code != 0, "kubectl", " ".join(words), "succeeded:", out)
    for text in says:
        check(text in err, "kubectl", " ".join(words), "does not say", repr(text), "but", err)
    return err.strip()


def taken(l, words, *says):
    code, out, err = l.kubectl(*words)
    check(code == 0, "kubectl", " ".join(words), err)
    for text in says:
        check(text in out + err, "kubectl", " ".join(words), "does not say", repr(text), "but", out, err)
    return out + err


def files_of(op):
    """How many files it has open.  /proc may count processes otherwise than our namespace does."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as f:
                if op.kubeconfig.encode() in f.read().split(b"\0"):
                    return len(os.listdir("/proc/%s/fd" % pid))
        except OSError:
            continue
    raise lab.Failed("the operator is not in /proc")


def a_wrong_cluster_is_refused_in_one_sentence_however_it_is_sent(l):
    ns = l.namespace()
    d = door.Door(l)
    d.operator(namespaces=[ns], elect=False)
    d.open()
    bad = written(l, "bad", lab.aistore(ns, size=0))
    sentence = ("denied the request", "invalid cluster size 0")
    for words in (["apply", "-f", bad], ["apply", "--server-side", "-f", bad], ["create", "-f", bad],
                  ["apply", "--dry-run=server", "-f", bad]):
        said = refused(l, words, *sentence)
        check(l.cr(ns) is None, "it was stored by", words)
    l.say(said)
    l.create(ns)
    l.ready(ns)
    before = l.cr(ns)["spec"]
    port = '[{"op":"replace","path":"/spec/proxySpec/portPublic","value":70000}]'
    for words, says in (
            (["patch", "aistore", "ais", "--type=merge", "-p", '{"spec":{"size":0}}'], sentence),
            (["patch", "aistore", "ais", "--type=merge", "--dry-run=server", "-p", '{"spec":{"size":0}}'], sentence),
            (["patch", "aistore", "ais", "--type=json", "-p", port], ["denied the request", "spec.proxySpec"]),
            (["apply", "-f", bad], sentence),
            (["apply", "--server-side", "--force-conflicts", "-f", bad], sentence)):
        said = refused(l, ["-n", ns] + words, *says)
        check(l.cr(ns)["spec"] == before, "it was changed by", words)
    l.say(said)


def a_reapply_of_an_unchanged_cluster_changes_nothing(l):
    ns = l.namespace()
    d = door.Door(l)
    op = d.operator(namespaces=[ns], elect=False)
    d.open()
    good = written(l, "good", lab.aistore(ns, storage_class=l.target.storage_class))
    for words in (["apply", "-f", good], ["apply", "--server-side", "--force-conflicts", "-f", good]):
        taken(l, words)
        l.ready(ns)
        wait("calm", 10, lambda: not any(n.done is None for n in op.writes()))
        before, writes = l.cr(ns), len(op.writes())
        taken(l, words)
        quiet(0.5, lambda: len(op.writes()) > writes and "it wrote: %s" % op.writes()[-1])
        after = l.cr(ns)
        for field in ("resourceVersion", "generation"):
            check(after["metadata"][field] == before["metadata"][field], " ".join(words[:2]), field, "changed:",
                  lab.difference(before, after))


def kubectl_shows_what_is_deprecated_and_what_a_change_will_do(l):
    ns = l.namespace()
    d = door.Door(l)
    d.operator(namespaces=[ns], elect=False)
    d.open()
    old = lab.aistore(ns, storage_class=l.target.storage_class)
    old["spec"].pop("stateStorage")
    old["spec"]["hostpathPrefix"] = "/etc/ais"
    said = taken(l, ["apply", "-f", written(l, "old", old)], "Warning: spec.hostpathPrefix is deprecated")
    l.ready(ns)
    old["spec"]["size"] = 3
    for words in (["apply", "--dry-run=server"], ["apply", "--server-side", "--force-conflicts", "--dry-run=server"]):
        said = taken(l, words + ["-f", written(l, "more", old)], "Warning: ")
        check(l.cr(ns)["spec"]["size"] == 1, "a dry run was stored")
    for line in said.splitlines():
        l.say(line)


def while_no_webhook_answers_nothing_is_written_but_status(l):
    ns = l.namespace()
    d = door.Door(l)
    op = d.operator(namespaces=[ns], elect=False)
    d.open()
    l.create(ns)
    l.ready(ns)
    op.kill()
    change = ["-n", ns, "patch", "aistore", "ais", "--type=merge", "-p", '{"metadata":{"labels":{"a":"b"}}}']
    l.say(refused(l, change, "failed calling webhook", "vaistore.kb.io"))
    taken(l, ["-n", ns, "get", "aistore", "ais"])
    l.api.merge(l.path(ns) + "/status", {"status": {"state": "Upgrading"}})
    op.start()
    wait("the change to be taken", 20, lambda: l.kubectl(*change)[0] == 0, every=0.2)
    l.ready(ns)
    check(op.alive(), "it has ended")


def an_operator_that_starts_does_not_stand_before_its_own_door(l):
    """Its first patch of a new AIStore passes through its own webhook."""
    ns = l.namespace()
    d = door.Door(l)
    op = d.operator(namespaces=[ns], elect=False)
    d.open()
    op.kill()
    before = len(op.wire.notes)
    with d.past() as fields:
        l.api.must("POST", "%s/namespaces/%s/aistores" % (lab.GROUP, ns), lab.aistore(ns, storage_class=l.target.storage_class),
                   fields=fields)
    op.start()
    l.ready(ns)
    failed = [n for n in op.wire.notes[before:] if n.write and n.code is not None and n.code >= 400]
    check(not failed, "its own writes failed:", "; ".join(map(str, failed)))
    check(l.cr(ns)["metadata"].get("finalizers"), "no finalizer was written")


# Certificates of our own
def bundles(d):
    """caBundle of each webhook and of the conversion."""
    hooks = d.api.get(door.GROUPS["ValidatingWebhookConfiguration"] + "/" + door.HOOKS) or {}
    crd = d.api.get(door.GROUPS["CustomResourceDefinition"] + "/" + door.CRD)
    callers = hooks.get("webhooks", []) + [c for c in [crd["spec"].get("conversion", {}).get("webhook")] if c]
    return [c["clientConfig"].get("caBundle") for c in callers]


def shown(d):
    """The one bundle that stands everywhere; None: not yet."""
    found = set(bundles(d))
    return found.pop() if len(found) == 1 else None


def chain(l, op):
    """What it serves, as a file."""
    done = subprocess.run(["openssl", "s_client", "-connect", "%s:%d" % (l.target.host, op.port), "-servername", door.NAME, "-showcerts"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10)
    path = os.path.join(op.folder, "served.crt")
    with open(path, "w") as f:
        f.write("".join(re.findall("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", done.stdout, re.S)))
    return path


def verified(l, op, bundle):
    path = op.folder + "/bundle.crt"
    with open(path, "wb") as f:
        f.write(base64.b64decode(bundle))
    lab.openssl("verify", "-CAfile", path, "-purpose", "sslserver", "-verify_hostname", door.NAME, "-x509_strict", chain(l, op))


def certificates_of_our_own_are_trusted_and_put_back(l):
    ns = l.namespace()
    d = door.Door(l, own=True)
    op = d.operator(namespaces=[ns], elect=False)
    d.both_versions()
    d.open()
    bundle = wait("one caBundle everywhere", 10, lambda: shown(d))
    check(len(bundles(d)) == 5, len(bundles(d)), "places")
    verified(l, op, bundle)
    old = l.api.ask("GET", door.OLD_GROUP + "/aistores")[0]
    check(old == 200, "v1alpha1 is not converted", old)
    for name, again in (("the configuration", lambda: door.put(l.api, d.hooks())), ("the definition", d.both_versions)):
        began = time.time()
        again()
        wait("caBundle to be back in " + name, 20, lambda: shown(d) == bundle)
        l.say("%s is replaced: caBundle is back after %.2f s" % (name, time.time() - began))
    wait("a review", 20, lambda: "invalid cluster size" in d.probe(), every=0.1)
    l.create(ns)
    l.ready(ns)
    taken(l, ["apply", "--server-side", "-f", os.path.join(lab.TOP, "deploy/webhook")])
    check(shown(d) == bundle, "a server-side apply took caBundle away")


def two_replicas_that_begin_at_once_serve_with_one_authority(l):
    spaces = [l.namespace(), l.namespace()]
    d = door.Door(l, own=True)
    door.put(l.api, d.hooks())
    d.made.append(door.GROUPS["ValidatingWebhookConfiguration"] + "/" + door.HOOKS)
    pair = [d.begin(namespaces=[ns], elect=False) for ns in spaces]
    for op in pair:
        wait("the webhook port", 20, lambda: d.listens(op))
    bundle = wait("one caBundle everywhere", 20, lambda: shown(d))
    for op in pair:
        wait("the bundle to vouch for it", 20, lambda: verifies(l, op, bundle), every=0.2)
    served = [open(chain(l, op)).read() for op in pair]
    check(served[0] == served[1], "they serve with different certificates")
    made = [n for op in pair for n in op.notes() if n.method == "POST" and n.path.endswith("/secrets")]
    l.say("to make the Secret: %s" % [n.code for n in made])
    check([n.code for n in made].count(201) == 1, "the Secret was made", [n.code for n in made])
    third = d.operator(namespaces=["nowhere"], elect=False)
    verified(l, third, bundle)
    check(not [n for n in third.writes() if "/secrets" in n.path], "the third wrote the Secret again")


def verifies(l, op, bundle):
    try:
        verified(l, op, bundle)
        return True
    except lab.Failed:
        return False


def with_certificates_of_its_own_it_acts_when_the_way_through_its_door_is_free(l):
    """Nothing vouches for it when it starts, and its first patch must pass its own webhook."""
    ns = l.namespace()
    d = door.Door(l, own=True)
    d.made.append(door.GROUPS["ValidatingWebhookConfiguration"] + "/" + door.HOOKS)
    door.put(l.api, d.hooks())
    d.set_definition(door.manifests("conversion/ais.nvidia.com_aistores.yaml")[0])
    with d.past() as fields:
        l.api.must("POST", "%s/namespaces/%s/aistores" % (lab.GROUP, ns), lab.aistore(ns, storage_class=l.target.storage_class),
                   fields=fields)
    op = d.begin(namespaces=[ns], elect=False)
    l.ready(ns)
    failed = [n for n in op.writes() if n.code is not None and n.code >= 400]
    check(not failed, "its own writes failed:", "; ".join(map(str, failed)))


def two_thousand_connections_leave_the_operator_at_work(l):
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, max(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    ns = l.namespace()
    d = door.Door(l)
    op = d.operator()
    op.says("leading")
    d.open()
    renewals = lambda: [n for n in op.wire.notes if n.lease and n.write]
    before, began, crowd = len(renewals()), time.time(), []
    try:
        for _ in range(2000):
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex((l.target.host, op.port))
            crowd.append(s)
        wait("two renewals of the Lease", 20, lambda: len(renewals()) >= before + 2)
        gone = 0
        for s in crowd:
            try:
                gone += s.recv(1) == b""
            except BlockingIOError:
                pass
            except OSError:
                gone += 1
        open_now = files_of(op)
        l.say("%d of 2000 were closed, %d files are open" % (gone, open_now))
        check(open_now < 400, open_now, "files are open")
        times = [n.came for n in renewals() if n.came >= began - 5]
        pause = max(b - a for a, b in zip(times, times[1:]))
        l.say("longest pause between renewals: %.1f s" % pause)
        check(pause < 6, "the Lease was not renewed for", pause, "s")
    finally:
        for s in crowd:
            s.close()
    wait("a review", 15, lambda: "invalid cluster size" in d.probe(), every=0.2)
    l.create(ns)
    l.ready(ns)
    op.stop()
    turn = [x for x in op.log().splitlines() if "longest_turn_us" in x]
    l.say(turn[-1].split("longest_turn_us")[1] if turn else "no longest turn is said")
