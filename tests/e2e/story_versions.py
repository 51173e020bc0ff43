"""story_versions.py - one AIStore in both of its versions."""
import os
import time

import yaml

import door
import lab
from lab import check, wait
from story_door import refused, taken, written

ALPHA = "aistores.v1alpha1.ais.nvidia.com"


def old_path(ns, name="ais"):
    return "%s/namespaces/%s/aistores/%s" % (door.OLD_GROUP, ns, name)


def sample(l, ns):
    """The resource of 2021, as a file, in that namespace."""
    with open(os.path.join(lab.TOP, "deploy/samples/ais_v1alpha1_aistore.yaml")) as f:
        thing = yaml.safe_load(f)
    thing["metadata"]["namespace"] = ns
    return thing, written(l, "sample", thing)


def both(l, **how):
    d = door.Door(l)
    op = d.operator(elect=False, **how)
    d.both_versions()
    d.open()
    return d, op


def the_resource_of_2021_becomes_ready(l):
    ns = l.namespace()
    both(l, namespaces=[ns])
    thing, path = sample(l, ns)
    taken(l, ["apply", "-f", path])
    cr = l.ready(ns, "aistore-sample", 90)
    check(cr["apiVersion"] == "ais.nvidia.com/v1beta1", cr["apiVersion"])
    check(cr["spec"]["stateStorage"] == {"hostPath": {"prefix": "/etc/ais"}}, cr["spec"].get("stateStorage"))
    pods = l.api.items("/api/v1/namespaces/%s/pods" % ns)
    check(len(pods) == 2, len(pods), "pods")
    old = l.api.get(old_path(ns, "aistore-sample"))
    spec = dict(old["spec"])
    check(spec == thing["spec"], "v1alpha1 is shown otherwise:", lab.difference(thing["spec"], spec))
    check(old["status"]["state"] == "Ready", old.get("status"))
    before = l.cr(ns, "aistore-sample")["metadata"]
    taken(l, ["apply", "-f", path], "unchanged")
    after = l.cr(ns, "aistore-sample")["metadata"]
    check(after["resourceVersion"] == before["resourceVersion"], "a re-apply changed it")
    taken(l, ["-n", ns, "delete", ALPHA, "aistore-sample", "--timeout=60s"])
    check(l.cr(ns, "aistore-sample") is None, "it is still there")


def what_v1alpha1_cannot_say_survives_who_edits_it_there(l):
    ns = l.namespace()
    both(l, namespaces=["nowhere"])
    more = {"size": None, "publicNetDNSMode": "Node", "cleanupMetadata": True, "logsDir": "/var/log/ais"}
    new = lab.aistore(ns, **more)
    new["spec"].pop("size")
    new["spec"]["proxySpec"].update(size=1, hostPort=51080, labels={"a": "b"})
    new["spec"]["targetSpec"].update(size=3, scaleDownMode="retain")
    before = l.api.must("POST", "%s/namespaces/%s/aistores" % (lab.GROUP, ns), new)
    old = l.api.get(old_path(ns))
    check(old["spec"]["size"] == 3, "size", old["spec"]["size"])
    l.api.must("PUT", old_path(ns), old)
    same = l.cr(ns)
    check(same["spec"] == before["spec"], "an untouched one came back otherwise:", lab.difference(before["spec"], same["spec"]))
    l.api.merge(old_path(ns), {"spec": {"nodeImage": "registry.example/aisnode:v5.0"}})
    changed = l.cr(ns)
    want = dict(before["spec"], nodeImage="registry.example/aisnode:v5.0")
    check(changed["spec"] == want, "more than the image changed:", lab.difference(want, changed["spec"]))
    said = refused(l, ["-n", ns, "patch", ALPHA, "ais", "--type=merge", "-p", '{"spec":{"hostpathPrefix":"/x"}}'],
                   "denied the request", 'cannot update spec "hostpathPrefix"')
    l.say(said)


def while_nothing_converts_status_is_written_and_an_apply_fails_with_a_sentence(l):
    ns = l.namespace()
    d, serving = both(l, namespaces=["nowhere"])
    op = l.operator(namespaces=[ns], elect=False)
    thing, path = sample(l, ns)
    taken(l, ["apply", "--server-side", "-f", path])
    l.ready(ns, "aistore-sample", 90)
    at, old = l.path(ns, "aistore-sample"), old_path(ns, "aistore-sample")
    managers = lambda: sorted({m["apiVersion"].split("/")[1] for m in l.api.get(at)["metadata"].get("managedFields", [])})
    check(managers() == ["v1alpha1", "v1beta1"], "fields are managed in", managers())
    serving.kill()
    check(l.api.ask("GET", old)[0] == 500, "v1alpha1 is shown")
    writes = len(op.writes())
    pod = l.api.items("/api/v1/namespaces/%s/pods" % ns)[0]["metadata"]["name"]
    l.api.must("DELETE", "/api/v1/namespaces/%s/pods/%s" % (ns, pod))
    wait("the operator to write status", 30, lambda: [n for n in op.writes()[writes:] if n.path.endswith("/status") and n.code == 200])
    l.ready(ns, "aistore-sample", 90)
    bad = [n for n in op.writes()[writes:] if n.code and n.code >= 400]
    check(not bad, "its own writes failed:", "; ".join(map(str, bad)))
    l.say("versions of managed fields after a status without conversion: %s" % managers())
    l.say(refused(l, ["apply", "--server-side", "-f", path], "conversion webhook", "failed"))
    serving.start()
    wait("v1alpha1 to be back", 20, lambda: l.api.ask("GET", old)[0] == 200, every=0.2)
    taken(l, ["apply", "--server-side", "--force-conflicts", "-f", path])
    l.api.merge(at + "/status", {"status": {"state": "Created"}})
    l.ready(ns, "aistore-sample", 60)


def a_hundred_of_them_are_listed_in_the_other_version(l):
    ns = l.namespace()
    d, op = both(l, namespaces=["nowhere"])
    for n in range(100):
        l.create(ns, "ais-%d" % n)
    began = time.time()
    items = l.api.must("GET", "%s/namespaces/%s/aistores" % (door.OLD_GROUP, ns))["items"]
    check(len(items) == 100, len(items))
    check({i["apiVersion"] for i in items} == {"ais.nvidia.com/v1alpha1"}, "other versions are in the list")
    l.say("%.0f ms" % ((time.time() - began) * 1000))
