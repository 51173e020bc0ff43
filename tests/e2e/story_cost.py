"""story_cost.py - what a cluster costs: requests, time, nothing in vain."""
import time

import lab
from lab import check, quiet, wait
from story_up import said
from wire import Fault, parse_path


def requests_since(l, op, began):
    """What the operator asked for since then: from the audit log where there is one, else from its wire."""
    if op.wire is None:
        l.target.settle_audit()
        return [e for e in l.target.audit(began) if e.counts()]
    out = []
    for n in op.counted():
        if n.came >= began:
            n.resource, n.sub, n.ns, n.name = parse_path(n.path)
            n.verb = {"GET": "get" if n.name else "list", "POST": "create", "PUT": "update", "PATCH": "patch",
                      "DELETE": "delete"}[n.method]
            out.append(n)
    return out


def bring_up_takes_at_most_35_requests_and_none_of_them_in_vain(l):
    ns = l.namespace()
    op = l.operator(direct=l.target.name == "real")
    op.says("leading")
    began = time.time()
    l.create(ns)
    l.ready(ns)
    wait("the event Ready", 5, lambda: said(l, ns, "Ready", "Reconciled"))
    asked = requests_since(l, op, began)
    l.say("%d requests, %d of them writes" % (len(asked), sum(r.write for r in asked)))
    check(len(asked) <= 35, len(asked), "requests:", "; ".join(map(str, asked)))
    bad = [r for r in asked if r.code >= 400 and not (r.code == 404 and r.verb == "get")]
    check(not bad, "refused:", "; ".join(map(str, bad)))
    proofs = [(r.resource, r.name) for r in asked if r.code == 404]
    check(len(proofs) == len(set(proofs)), "proven absent twice:", proofs)
    for resource, name in proofs:
        made = [r for r in asked if r.resource == resource and r.verb in ("create", "patch") and r.name in (name, "")]
        check(made, resource, name, "was proven absent, but not created after that")


def a_settled_cluster_costs_nothing_and_a_restart_only_lists(l):
    ns = l.namespace()
    op = l.operator(namespaces=[ns], elect=False)
    l.create(ns)
    l.ready(ns)
    wait("the event Ready", 5, lambda: said(l, ns, "Ready", "Reconciled"))
    before = len(op.counted())
    l.api.merge(l.path(ns), {"metadata": {"annotations": {"note": "something else"}}})
    quiet(1, lambda: [str(n) for n in op.counted()[before:]])
    op.kill()
    before = len(op.wire.notes)
    op.start()
    wait("its plan", 10, lambda: op.log().count("first plan") == 2)
    quiet(1, lambda: [str(n) for n in op.wire.notes[before:] if n.write or parse_path(n.path)[3]])
    check(op.alive(), "it has ended")


def other_acts_do_not_queue_behind_the_role_binding(l):
    slow = lambda n: Fault(delay_s=0.5) if n.write and "/rolebindings/" in n.path else None
    ns = l.namespace()
    op = l.operator(fault=slow)
    op.says("leading")
    l.create(ns)
    l.ready(ns)
    binding = next(n for n in op.writes() if "/rolebindings/" in n.path)
    others = [n for n in op.writes() if binding.came < n.came < binding.came + 0.4]
    check(any("statefulsets" in n.path for n in others), "while it took 500 ms, only this was sent:",
          "; ".join(map(str, others)) or "nothing")


def what_the_operator_adds_to_a_bring_up_is_little(l):
    ns = l.namespace()
    op = l.operator(direct=True, level="info")
    op.says("leading")
    began = time.time()
    l.create(ns)
    l.ready(ns)
    l.target.settle_audit()
    everything = [e for e in l.target.audit(began, None) if e.ns == ns and (200 <= e.code < 300 or e.code == 404)]
    watched = ("aistores", "statefulsets", "pods", "services", "configmaps", "serviceaccounts", "roles", "rolebindings")
    added, last_status = [], 0
    for e in everything:
        if e.user != lab.ACCOUNT or not e.write:
            continue
        facts = [f for f in everything if f.done <= e.came and
                 (f.user == lab.ACCOUNT or f.write and f.resource in watched)]
        fact = max(facts, key=lambda f: f.done)
        ms = (e.came - fact.done) * 1000
        # A changed message alone is written once a second at most: nobody waits for it.
        words = e.sub == "status" and 0.99 < e.came - last_status < 1.05
        if e.sub == "status":
            last_status = e.came
        if not words:
            added.append(ms)
        l.say("%7.1f ms  %s  after %s%s" % (ms, e, fact, " (words only: once a second)" if words else ""))
    added.sort()
    l.say("%d writes; added %.1f ms at the median, %.1f ms at most, %.1f ms in all; a long one: AIS was being asked"
          % (len(added), added[len(added) // 2], added[-1], sum(added)))
    check(added[len(added) // 2] <= 10, "median of %.1f ms" % added[len(added) // 2])


def nothing_that_it_asked_for_was_forbidden(l):
    """Last of all: over the whole run, what was granted was enough, and what of it was never used."""
    l.target.settle_audit()
    entries = l.target.audit(0)
    what = lambda e: (e.resource + ("/" + e.sub if e.sub else ""), e.verb)
    used = {what(e) for e in entries if e.code < 400 or e.code == 404}
    # A starting API server refuses what it allows a moment later, until it has read its roles.
    forbidden = {what(e) for e in entries if e.code == 403} - used
    check(not forbidden, sorted(forbidden))
    role = l.api.must("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles/ais-operator-manager-role")
    granted = {(r, v) for rule in role["rules"] for r in rule["resources"] for v in rule["verbs"]}
    l.say("%d of %d grants were used; not: %s" % (len(used & granted), len(granted),
          ", ".join("%s %s" % (v, r) for r, v in sorted(granted - used))))
