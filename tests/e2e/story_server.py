"""story_server.py - an API server that refuses, fails, cuts, goes and comes back."""
import os
import shutil
import time

import lab
from lab import check, condition, quiet, wait
from wire import Fault, parse_path


def rate(notes, began):
    """Most requests within any second since then."""
    times = sorted(n.came for n in notes if n.came >= began)
    return max([sum(1 for u in times if t <= u < t + 1) for t in times] or [0])


def cut_connections_are_made_again(l):
    ns = l.namespace()
    op = l.operator(namespaces=[ns], elect=False)
    op.says("all kinds are listed")
    l.create(ns)
    for _ in range(3):
        wait("some requests", 10, lambda: len(op.writes()) > 3)
        op.wire.cut()
    l.ready(ns)
    check(op.alive(), "it has ended")


def a_watch_that_is_cut_in_the_middle_of_a_chunk_goes_on(l):
    ns = l.namespace()
    cuts = []

    def fault(n):
        if n.watch and not n.lease and len(cuts) < 12:
            cuts.append(n)
            return Fault(cut_at=300)
        return None

    op = l.operator(namespaces=[ns], elect=False, fault=fault)
    began = time.time()
    l.create(ns)
    l.ready(ns, seconds=90)
    check(cuts, "nothing was cut")
    check(rate(op.wire.notes, began) <= 100, rate(op.wire.notes, began), "requests in one second")


def a_server_that_says_429_is_given_the_time_that_it_asks_for(l):
    ns = l.namespace()
    op = l.operator(namespaces=[ns], elect=False)
    op.says("all kinds are listed")
    busy = (429, {"Retry-After": "2"}, b'{"kind":"Status","status":"Failure","reason":"TooManyRequests","code":429,'
            b'"message":"invented"}')
    op.wire.fault = lambda n: Fault(answer=busy) if not n.watch else None
    began = time.time()
    l.create(ns)
    wait("a refusal", 5, lambda: op.notes(code=429))
    quiet(3, lambda: len(op.notes(code=429)) > 4 and "asked %d times in %.1f s" % (len(op.notes(code=429)), time.time() - began))
    op.wire.fault = lambda n: None
    l.ready(ns)


def a_server_that_fails_is_not_stormed(l):
    ns = l.namespace()
    op = l.operator(namespaces=[ns], elect=False)
    op.says("all kinds are listed")
    broken = (500, {}, b'{"kind":"Status","status":"Failure","reason":"InternalError","code":500,"message":"invented"}')
    op.wire.fault = lambda n: Fault(answer=broken) if not n.watch else None
    l.create(ns)
    wait("a failure", 5, lambda: op.notes(code=500))
    quiet(3, lambda: len(op.notes(code=500)) > 20 and "asked %d times" % len(op.notes(code=500)))
    op.wire.fault = lambda n: None
    l.ready(ns, seconds=60)


def an_api_server_that_goes_and_comes_back_is_found_again(l):
    spaces = [l.namespace(), l.namespace()]
    op = l.operator(namespaces=spaces, elect=False)
    l.create(spaces[0])
    l.ready(spaces[0])
    connections = op.wire.connections
    op.wire.down()
    l.create(spaces[1])
    l.api.must("DELETE", "/api/v1/namespaces/%s/configmaps/ais-target" % spaces[0])
    op.says("refused", 20)
    l.target.compact()
    op.wire.up()
    began = time.time()
    l.ready(spaces[1], seconds=60)
    wait("the lost ConfigMap to be back", 30,
         lambda: l.api.get("/api/v1/namespaces/%s/configmaps/ais-target" % spaces[0]))
    l.say("%d connections for it, %d requests in the worst second" % (op.wire.connections - connections,
                                                                    rate(op.wire.notes, began)))
    check(rate(op.wire.notes, began) <= 100, rate(op.wire.notes, began), "requests in one second")


def a_watch_whose_history_is_compacted_lists_again(l):
    spaces = [l.namespace(), l.namespace()]
    op = l.operator(namespaces=spaces, elect=False)
    l.create(spaces[0])
    l.ready(spaces[0])
    expired = b'{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"Expired","code":410,' \
        b'"message":"too old resource version"}}\n'
    told = []

    def fault(n):
        if n.watch and len(told) < 8:
            told.append(n)
            return Fault(stream=expired)
        return None

    op.wire.fault = fault
    op.wire.cut()
    before = len(op.wire.notes)
    l.create(spaces[1])
    l.ready(spaces[1], seconds=60)
    lists = [n for n in op.wire.notes[before:] if n.method == "GET" and not n.watch and not parse_path(n.path)[3]]
    check(told and lists, "no list after", len(told), "expired watches")


def a_real_api_server_is_restarted_and_everything_goes_on(l):
    spaces = [l.namespace(), l.namespace()]
    op = l.operator(direct=True)
    l.create(spaces[0])
    l.ready(spaces[0])
    l.target.restart_api()
    l.create(spaces[1])
    l.ready(spaces[1], seconds=90)
    check(op.alive(), "it has ended:", op.log()[-300:])


def a_token_that_is_replaced_is_read_again_after_a_401(l):
    ns = l.namespace()
    old, new, tokens, revoke = l.target.two_tokens()
    op = l.operator(namespaces=[ns], elect=False, token=old, tokens=tokens)
    op.says("all kinds are listed")
    with open(op.token_path + ".new", "w") as f:
        f.write(new)
    os.replace(op.token_path + ".new", op.token_path)
    revoke(op)
    before = len(op.wire.notes)
    l.create(ns)
    l.ready(ns)
    later = op.wire.notes[before:]
    late = [n for n in later if not n.watch and n.fields.get("authorization") == "Bearer " + old]
    check(any(n.fields.get("authorization") == "Bearer " + new for n in later), "the new token was never used")
    check(len(late) <= 4, len(late), "requests with the revoked token")


def a_ca_that_is_replaced_is_trusted_from_then_on(l):
    ns = l.namespace()
    op = l.operator(namespaces=[ns], elect=False)
    op.says("all kinds are listed")
    new = lab.Authority(l.folder + "/new-ca", "new")
    op.wire.as_server.load_cert_chain(*new.issue("new", [l.target.host]))
    shutil.copy(new.crt, op.folder + "/ca.crt.new")
    os.replace(op.folder + "/ca.crt.new", op.folder + "/ca.crt")
    op.wire.cut()
    began = time.time()
    l.create(ns)
    l.ready(ns, seconds=120)
    l.say("Ready %.0f s later" % (time.time() - began))
    check(op.alive(), "it has ended")


def one_ais_that_never_answers_delays_no_other(l):
    spaces = [l.namespace(), l.namespace()]
    # Its pods come up without the operator, so that they are silent before it asks for the first time.
    first = l.operator(namespaces=spaces[:1], elect=False)
    first.wire.fault = lambda n: Fault(after=first.process.kill) if n.method == "POST" and b"mute-target" in n.body \
        and "/statefulsets" in n.path else None
    l.create(spaces[0], "mute")
    wait("the last StatefulSet", 20, lambda: not first.alive())
    for pod in l.pods_ready(spaces[0], 2):
        l.api.merge("/api/v1/namespaces/%s/pods/%s" % (spaces[0], pod["metadata"]["name"]),
                    {"metadata": {"annotations": {"devcluster/ais": "hang"}}})
    op = l.operator(namespaces=spaces, elect=False)
    for name in "abc":
        l.create(spaces[1], name)
    for name in "abc":
        l.ready(spaces[1], name, seconds=60)
    says = lambda: condition(l.cr(spaces[0], "mute"), "Ready")
    ready = wait("the mute one to say why it is not Ready", 30,
                 lambda: says().get("reason") in ("AISUnreachable", "PodsNotReady") and says())
    check(ready["status"] == "False", ready)
    l.say("%s: %s" % (ready["reason"], ready["message"]))
    check(op.alive(), "it has ended")
