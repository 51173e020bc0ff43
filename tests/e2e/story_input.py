"""story_input.py - input that is wrong, and secrets."""
import json
import signal
import socket
import subprocess

import lab
from lab import check, wait
from wire import Fault


def sentence(l, argv, name):
    """It ends with 1 and one sentence on stderr."""
    code, out, err = lab.run(argv, 20)
    lines = [x for x in err.splitlines() if x.strip()]
    l.say("%s: %s" % (name, lines[-1] if lines else "(nothing)"))
    check(code == 1, name, "exit", code, err)
    check(len(lines) == 1 and len(lines[0]) < 400, name, len(lines), "lines:", err[-600:])


def a_wrong_kubeconfig_gives_one_sentence(l):
    t, ca = l.target, lab.Authority(l.folder + "/other-ca", "other")
    server, user = "https://%s:%d" % (t.host, t.port), {"token": "marker-secret-7Hk2"}
    config = lambda name, *what: lab.write_kubeconfig(l.folder + "/" + name, *what)
    bad = config("malformed", server, t.ca, user)
    with open(bad, "w") as f:
        f.write("clusters: [{name: e2e\n\tusers: }")
    for name, path in (("malformed", bad), ("missing", l.folder + "/nowhere"),
                       ("no such CA file", config("no-ca", server, l.folder + "/nowhere", user)),
                       ("exec", config("exec", server, t.ca, {"exec": {"command": "aws"}}))):
        sentence(l, [lab.OPERATOR, "--kubeconfig", path], name)


def refused(l, name, server, ca, words):
    """A server that cannot be talked to: said within seconds, in one sentence; what happens then is up to the backoff."""
    path = lab.write_kubeconfig(l.folder + "/" + name, server, ca, {"token": "marker-secret-7Hk2"})
    code, out, err = lab.run([lab.OPERATOR, "--kubeconfig", path], 30)
    lines = [x for x in err.splitlines() if any(w in x for w in words)]
    l.say("%s: %s" % (name, lines[-1][:300] if lines else err[-300:]))
    check(code == 1, name, "exit", code, err[-300:])
    check(lines, name, "not said:", err[-600:])
    check("marker-secret" not in err + out, "the token is in the log")


def a_server_that_cannot_be_trusted_gives_one_sentence(l):
    t = l.target
    other = lab.Authority(l.folder + "/other-ca", "other")
    real = "https://%s:%d" % (t.host, t.port)
    refused(l, "wrong-ca", real, other.crt, ["certificate"])
    expired = tls_server(l, other.issue("expired", [t.host], days=-1))
    refused(l, "expired", "https://%s:%d" % (t.host, expired), other.crt, ["expired"])
    modern = tls_server(l, other.issue("modern", [t.host]), "-tls1_3")
    refused(l, "tls-1.3-only", "https://%s:%d" % (t.host, modern), other.crt, ["TLS 1.2", "TLS 1.3"])


def tls_server(l, certificate, *more):
    """OpenSSL's own server; its port."""
    with socket.create_server((l.target.host, 0)) as s:
        port = s.getsockname()[1]
    process = subprocess.Popen(["openssl", "s_server", "-accept", "%s:%d" % (l.target.host, port), "-cert", certificate[0],
                                "-key", certificate[1], "-www", "-quiet"] + list(more), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=lab.die_with_us)
    l.watches.append(Ending(process))

    def listens():
        try:
            socket.create_connection((l.target.host, port), 1).close()
            return True
        except OSError:
            return False
    wait("openssl s_server", 10, listens)
    return port


class Ending:
    """Something that the end of the scenario ends."""

    def __init__(self, process):
        self.process = process

    def close(self):
        lab.end(self.process, how=signal.SIGKILL)


def the_token_is_never_shown(l):
    ns = l.namespace()
    op = l.operator(level="debug")
    l.create(ns)
    l.ready(ns)
    l.api.must("DELETE", l.path(ns))
    wait("it to be gone", 60, lambda: l.cr(ns) is None)
    op.stop()
    token = open(op.token_path).read().strip()
    places = {"its log": op.log(), "events": json.dumps(l.events(ns)),
              "bodies of its requests": "".join(n.body.decode("latin-1") for n in op.wire.notes)}
    for where, text in places.items():
        check(token not in text and token[-30:] not in text, "the token is in", where)


def odd_lines(ns):
    """Events that no API server should send, as (name, line)."""
    meta = b'"metadata":{"name":"odd","namespace":"%s","uid":"u1","resourceVersion":"1"}' % ns.encode()
    event = lambda rest: b'{"type":"ADDED","object":{"kind":"AIStore","apiVersion":"ais.nvidia.com/v1beta1",%s,%s}}\n' \
        % (meta, rest)
    return (
        ("an object of 2 MiB", event(b'"x":"' + b"x" * (2 << 20) + b'"')),
        ("an object of 6 MiB", event(b'"x":"' + b"x" * (6 << 20) + b'"')),
        ("JSON 10,000 deep", event(b'"spec":' + b"[" * 10000 + b"]" * 10000)),
        ("invalid UTF-8", event(b'"spec":{"nodeImage":"\xff\xfe\xc0\x80"}')),
        ("a line that is not JSON", b"<html>\x00 not json</html>\n"),
        ("an object without a name", b'{"type":"MODIFIED","object":{"kind":"AIStore","metadata":{}}}\n'),
    )


def odd_events_are_survived_and_said(l):
    for name, line in odd_lines("x"):
        ns, told = l.namespace(), []

        def fault(n):
            if n.watch and "/aistores" in n.path and not told:
                told.append(n)
                return Fault(stream=line.replace(b'"namespace":"x"', b'"namespace":"%s"' % ns.encode()))
            return None

        op = l.operator(namespaces=[ns], elect=False, fault=fault)
        l.create(ns)
        l.ready(ns)
        check(told, name, "was never sent")
        check(op.alive(), "it has ended at", name)
        warnings = [x for x in op.log().splitlines() if (" warn " in x or " error " in x) and "no leader election" not in x]
        l.say("%s: %s" % (name, warnings[0][:200] if warnings else "(taken)"))
        op.kill()
