"""story_up.py - how a cluster comes up."""
import json
import os
import time

import lab
import targets
from lab import GROUP, check, condition, wait


def states(watch, name="ais"):
    """The different states that a watcher saw, in order."""
    seen = []
    for _, kind, o in list(watch.seen):
        state = o.get("status", {}).get("state")
        if kind != "DELETED" and o["metadata"]["name"] == name and state and seen[-1:] != [state]:
            seen.append(state)
    return seen


def said(l, ns, reason, action):
    return [e for e in l.events(ns) if e["reason"] == reason and e["action"] == action]


def a_minimal_cluster_becomes_ready_and_says_so_once(l):
    ns = l.namespace()
    watch = l.watch("%s/namespaces/%s/aistores" % (GROUP, ns))
    l.operator()
    l.create(ns)
    began = time.time()
    cr = l.ready(ns)
    l.say("Ready after %.2f s" % (time.time() - began))
    wait("the event Ready", 5, lambda: said(l, ns, "Ready", "Reconciled"))
    wait("the watch to show Ready", 5, lambda: "Ready" in states(watch))
    check(states(watch) == ["Initialized", "Created", "Ready"], "states seen:", states(watch))
    for kind in ("Initialized", "Created", "ReadyRebalance", "Ready"):
        check(condition(cr, kind)["status"] == "True", kind, condition(cr, kind))
        turns = [condition(o, kind).get("status") for _, _, o in watch.seen]
        turns = [t for i, t in enumerate(turns) if t and turns[i - 1:i] != [t]]
        check(turns.count("True") == 1, kind, "went through", turns)
    for reason, action in (("Initialized", "InitTargets"), ("Created", "Create"), ("Ready", "Reconciled")):
        events = said(l, ns, reason, action)
        check(len(events) == 1 and not events[0].get("series"), len(events), "events", reason, action)
        check(events[0]["regarding"]["uid"] == cr["metadata"]["uid"], "regarding", events[0]["regarding"])
    bad = [e for e in l.events(ns) if e["type"] != "Normal" and e["regarding"]["kind"] == "AIStore"]
    check(not bad, "warnings:", [e["note"] for e in bad])
    check(cr["metadata"]["finalizers"] == ["finalize.ais"], cr["metadata"].get("finalizers"))
    check(cr["status"]["intraClusterURL"] == "http://ais-proxy.%s.svc.cluster.local:51080" % ns,
          cr["status"].get("intraClusterURL"))
    check(cr["status"].get("clusterID"), "no clusterID")


def three_proxies_and_three_targets_become_ready(l):
    ns = l.namespace()
    l.operator()
    l.create(ns, size=3)
    l.ready(ns, seconds=90)
    for role in ("proxy", "target"):
        s = l.api.get("/apis/apps/v1/namespaces/%s/statefulsets/ais-%s" % (ns, role))
        check(s["spec"]["replicas"] == 3 and s["status"]["readyReplicas"] == 3, role, s["status"])
        check(s["metadata"]["generation"] <= 2, role, "generation", s["metadata"]["generation"])
    pods = l.api.items("/api/v1/namespaces/%s/pods" % ns)
    check(len(pods) == 6, len(pods), "pods")


def ten_clusters_in_two_namespaces_with_the_same_names_become_ready(l):
    spaces = [l.namespace(), l.namespace()]
    l.operator()
    for name in "abcde":
        for ns in spaces:
            l.create(ns, name)
    for name in "abcde":
        for ns in spaces:
            l.ready(ns, name, seconds=120)
    for ns in spaces:
        urls = {c["status"]["intraClusterURL"] for c in l.api.items("%s/namespaces/%s/aistores" % (GROUP, ns))}
        check(len(urls) == 5 and all("." + ns + "." in u for u in urls), urls)


def the_samples_become_ready(l):
    folder = os.path.join(lab.TOP, "deploy/samples")
    samples = sorted(f for f in os.listdir(folder) if f.endswith(".yaml"))
    check(samples, "no samples in", folder)
    l.operator()
    for f in samples:
        ns = l.namespace()
        with open(os.path.join(folder, f), "rb") as text:
            yaml = text.read().replace(b"namespace: ais", b"namespace: " + ns.encode())
        if b"ais.nvidia.com/v1beta1" not in yaml:
            continue    # of 2021: see story_versions
        yaml = yaml.replace(b"storageClass: local", b"storageClass: " + l.target.storage_class.encode())
        l.api.must("PATCH", l.path(ns) + "?fieldManager=e2e", yaml, "application/apply-patch+yaml")
        l.ready(ns, seconds=120)
        l.api.must("DELETE", l.path(ns))
        wait("%s to be gone" % f, 60, lambda: l.cr(ns) is None)


def at_the_pace_of_real_kubelets_and_real_ais_it_works_the_same(l):
    slow = targets.Dev(l.folder, speed=1)
    try:
        slow.start()
        there = lab.Lab(slow, "there")
        try:
            a_minimal_cluster_becomes_ready_and_says_so_once(there)
        finally:
            l.said += there.said
            there.close()
    finally:
        slow.stop()


def kubectl_applies_waits_shows_and_deletes(l):
    ns = l.namespace()
    l.operator()
    path = l.folder + "/cr.json"
    with open(path, "w") as f:
        json.dump(lab.aistore(ns, storage_class=l.target.storage_class), f)
    for words in (["apply", "--validate=false", "-f", path],
                  ["-n", ns, "wait", "--for=condition=Ready", "--timeout=60s", "aistore/ais"],
                  ["-n", ns, "get", "aistores,pods,statefulsets,services"],
                  ["-n", ns, "get", "aistore", "ais", "-o", "yaml"],
                  ["-n", ns, "delete", "aistore", "ais", "--timeout=60s"]):
        code, out, err = l.kubectl(*words, seconds=90)
        check(code == 0, "kubectl", " ".join(words), err or out)
    check(l.cr(ns) is None, "still there")


# The end of a cluster
def deletion_keeps_the_data_and_leaves_nothing_else(l):
    ns = l.namespace()
    op = l.operator()
    l.create(ns)
    l.ready(ns)
    claims = l.api.items("/api/v1/namespaces/%s/persistentvolumeclaims" % ns)
    check(len(claims) == 1, len(claims), "claims")
    l.api.must("DELETE", l.path(ns))
    wait(lambda: "the AIStore to go; " + l.why(ns), 60, lambda: l.cr(ns) is None)
    check(not l.objects(ns), "left:", sorted(l.objects(ns)))
    check(not l.api.items("/api/v1/namespaces/%s/pods" % ns), "pods are left")
    after = l.api.items("/api/v1/namespaces/%s/persistentvolumeclaims" % ns)
    check([c["metadata"]["uid"] for c in after] == [c["metadata"]["uid"] for c in claims], "the claims changed")
    check(not any("/persistentvolume" in n.path for n in op.writes()), "it touched volumes")
    for reason in ("CRDeleted", "DecommissionCompleted"):
        check(len([e for e in l.events(ns) if e["reason"] == reason]) == 1, "no event, or more than one:", reason)


def what_this_version_cannot_do_is_named_and_nothing_is_created(l):
    l.operator()
    for name, more in (("cleanupMetadata", {"cleanupMetadata": True}), ("adminClient", {"adminClient": {}}),
                       ("pdb", {"targetSpec": dict(lab.aistore("x")["spec"]["targetSpec"], pdb={"enabled": True})})):
        ns = l.namespace()
        l.create(ns, **more)
        cr = wait(lambda: "a condition; " + l.why(ns), 10, lambda: condition(l.cr(ns), "Ready") and l.cr(ns))
        ready = condition(cr, "Ready")
        check(ready["status"] == "False" and ready["reason"] == "NotSupported" and name in ready["message"], ready)
        made = [k for k in l.objects(ns) if not k.startswith("aistores/")]
        check(not made, "it created", made)
