"""story_death.py - death of the operator at any time."""
import concurrent.futures
import time

import lab
from lab import Failed, check, condition
from story_up import said
from wire import Fault, parse_path


def bring_up(l, kills, seconds=60):
    """A cluster's objects and events, when the operator dies after the given numbers of requests; and how many it took."""
    ns = l.namespace()
    left, count, op = list(kills), [0], None

    def fault(note):
        if not note.counts() or (note.method == "GET" and not parse_path(note.path)[3] and len(kills) == len(left)):
            return None
        count[0] += 1
        if left and count[0] == left[0]:
            left.pop(0)
            count[0] = 0
            return Fault(after=op.process.kill)
        return None

    op = l.operator(namespaces=[ns], elect=False)
    op.says("all kinds are listed")
    op.wire.fault = fault
    l.create(ns)
    end = time.time() + seconds
    while condition(l.cr(ns), "Ready").get("status") != "True" or not said(l, ns, "Ready", "Reconciled"):
        if op.process.poll() is not None:
            check(op.process.returncode == -9, "the operator ended with", op.process.returncode, op.log()[-300:])
            op.start()
        check(time.time() < end, "not Ready in time;", l.why(ns))
        time.sleep(0.02)
    events = sorted({(e["reason"], e["action"], e["note"]) for e in l.events(ns)
                     if e["regarding"]["kind"] == "AIStore" and e["reason"] != "Waiting"})
    twice = [e["reason"] for e in l.events(ns) if e["regarding"]["kind"] == "AIStore" and e.get("series")]
    result = l.objects(ns), events, count[0], twice
    op.kill()
    return result


def survive(l, points):
    """Bring-up with a death at each of the points, several at once, beside one without."""
    wanted, events, _, _ = bring_up(l, [])
    bad = []
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        runs = {pool.submit(bring_up, l, kills): kills for kills in points}
        for run in concurrent.futures.as_completed(runs):
            try:
                objects, said_then, _, _ = run.result()
                difference = lab.difference(wanted, objects) or lab.difference(events, said_then, "events")
            except Failed as e:
                difference = str(e)
            if difference:
                bad.append("killed after request %s: %s" % (runs[run], difference))
    check(not bad, "\n       ".join(bad))


def spread(count, wanted):
    """That many numbers of 1 to count, evenly."""
    return sorted({1 + round(i * (count - 1) / max(1, wanted - 1)) for i in range(wanted)})


def death_after_some_requests_changes_nothing(l):
    count = bring_up(l, [])[2]
    points = spread(count, 5)
    l.say("killed after request %s of %d" % (", ".join(map(str, points)), count))
    survive(l, [[p] for p in points])


def death_after_every_request_changes_nothing(l):
    count = bring_up(l, [])[2]
    l.say("killed after each of %d requests, and again after 1 to 9 of the next life" % count)
    survive(l, [[p, p % 9 + 1] for p in range(1, count + 1)])
