"""story_lead.py - who leads: one at a time, and soon the next."""
import signal
import time

from lab import check, wait
from wire import Fault


def two_instances(l):
    first = l.operator()
    first.says("leading")
    second = l.operator()
    wait("the second to ask for the Lease", 10, lambda: second.notes(lease=True))
    return first, second


def when_the_leader_dies_the_other_acts_within_the_lease_time(l):
    first, second = two_instances(l)
    spaces = [l.namespace(), l.namespace()]
    l.create(spaces[0])
    l.ready(spaces[0])
    check(not second.writes(), "the one that waits has written:", "; ".join(map(str, second.writes())))
    first.kill()
    died = time.time()
    l.create(spaces[1])
    acted = wait("the other to act", 25, lambda: second.writes() and second.writes()[0].came)
    l.say("the other acted %.1f s after the death" % (acted - died))
    check(acted - died <= 15 + 2.5, "%.1f s after the death" % (acted - died))
    l.ready(spaces[1])


def a_clean_stop_lets_the_successor_act_within_300_ms(l):
    first, second = two_instances(l)
    wait("the second to watch the Lease", 10, lambda: second.notes(lease=True, watch=True, code=200))
    ns = l.namespace()
    held = lambda n: Fault(delay_s=0.1) if n.write and not n.lease else None
    first.wire.fault = held
    l.create(ns)
    wait("the first to be in the middle of it", 10, first.writes)
    began = time.time()
    code = first.stop()
    check(code == 0, "it ended with", code, first.log()[-300:])
    acted = wait("the successor to act", 10, lambda: second.writes() and second.writes()[0].came)
    last = max(n.done or n.came for n in first.writes())
    l.say("acted %.0f ms after SIGTERM, %.0f ms after the first one's last write"
          % ((acted - began) * 1000, (acted - last) * 1000))
    check(acted > last, "the successor began before the first had stopped")
    check(acted - began <= 0.3, "%.0f ms" % ((acted - began) * 1000))
    l.ready(ns)


def one_that_was_frozen_until_its_lease_was_taken_writes_nothing_more(l):
    first, second = two_instances(l)
    first.may_end = (1,)
    first.process.send_signal(signal.SIGSTOP)
    ns = l.namespace()
    l.create(ns)
    l.ready(ns, seconds=60)
    before = len(first.writes())
    first.process.send_signal(signal.SIGCONT)
    wait("the first to end", 10, lambda: not first.alive())
    check(first.process.returncode == 1, "exit", first.process.returncode)
    late = first.writes()[before:]
    check(not late, "after its lease was taken it wrote", "; ".join(map(str, late)))


def a_leader_that_cannot_renew_stops_before_another_begins(l):
    first, second = two_instances(l)
    first.may_end = (1,)
    refuse = (500, {}, b'{"kind":"Status","status":"Failure","code":500,"message":"invented"}')
    first.wire.fault = lambda n: Fault(answer=refuse) if n.lease else None
    spaces = [l.namespace(), l.namespace()]
    l.create(spaces[0])
    l.ready(spaces[0])
    wait("the first to end", 15, lambda: not first.alive())
    ended = time.time()
    l.create(spaces[1])
    acted = wait("the second to act", 20, lambda: second.writes() and second.writes()[0].came)
    check(first.process.returncode == 1, "exit", first.process.returncode)
    check(acted > ended - 0.05, "the second began %.2f s before the first had ended" % (ended - acted))
    l.say("the first ended %.1f s before the second acted" % (acted - ended))
    l.ready(spaces[1])
