"""wire.py - the wire between an operator and its API server, for tests.

A relay that ends TLS on both sides, notes every request with its times, and
breaks what a scenario wants broken: an answer of its own, a delay, a cut in the
middle of a stream, silence, a death before or after a chosen request.  It
shares no code with the operator: a mistake in our HTTP cannot hide here.
"""
import http.client
import json
import re
import select
import socket
import ssl
import threading
import time

HEAD_MAX = 64 << 10
UNAUTHORIZED = b'{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Unauthorized","code":401,' \
    b'"message":"Unauthorized"}'


class Note:
    """One request: what it was, when it came, when it was answered, with what."""

    def __init__(self, method, target, fields, body):
        self.method, self.target, self.fields, self.body = method, target, fields, body
        self.path, _, self.query = target.partition("?")
        self.came, self.done, self.code, self.answer = time.time(), None, None, b""
        self.watch = "watch=" in self.query
        self.lease = "/leases" in self.path
        self.write = method in ("POST", "PUT", "PATCH", "DELETE") and "dryRun" not in self.query

    def __str__(self):
        return "%s %s %s" % (self.method, self.path, self.code)

    def counts(self):
        """Is it one that a budget of requests is about?"""
        return not self.watch and not self.lease


class Fault:
    """What happens to a request instead of being passed on as it is."""

    def __init__(self, answer=None, before=None, after=None, delay_s=0.0, cut_at=None, silent_at=None, stream=None):
        self.answer = answer            # (code, {field: value}, body): the server is not asked
        self.before = before            # called instead of passing it on; then the connection is dropped
        self.after = after              # called when the server has answered; the answer is dropped
        self.delay_s = delay_s          # the answer is held back so long
        self.cut_at = cut_at            # the connection is cut after so many bytes of body
        self.silent_at = silent_at      # nothing is passed on after so many bytes of body
        self.stream = stream            # bytes put into the stream before its first piece, as a chunk


class Closed(Exception):
    pass


class Reader:
    """Bytes of one side, as HTTP/1.1 frames them."""

    def __init__(self, sock):
        self.sock, self.kept = sock, b""
        self.other = None               # a peer that has nothing to say: it is readable when it has gone

    def more(self):
        if self.other is not None and not self.sock.pending():
            ready, _, _ = select.select([self.other, self.sock], [], [])
            if self.other in ready:
                raise Closed
        piece = self.sock.recv(65536)
        if not piece:
            raise Closed
        return piece

    def head(self):
        while b"\r\n\r\n" not in self.kept:
            if len(self.kept) > HEAD_MAX:
                raise Closed
            self.kept += self.more()
        head, self.kept = self.kept.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        fields = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        return lines[0], fields, head + b"\r\n\r\n"

    def take(self, count):
        while len(self.kept) < count:
            self.kept += self.more()
        piece, self.kept = self.kept[:count], self.kept[count:]
        return piece

    def line(self):
        while b"\n" not in self.kept:
            self.kept += self.more()
        line, self.kept = self.kept.split(b"\n", 1)
        return line + b"\n"

    def chunks(self):
        """The chunks of a body as they stand on the wire, the last one included."""
        while True:
            size = self.line()
            count = int(size.split(b";")[0], 16)
            yield size + self.take(count + 2), count
            if count == 0:
                return

    def body(self, fields):
        if "chunked" in fields.get("transfer-encoding", ""):
            return b"".join(raw for raw, _ in self.chunks())
        return self.take(int(fields.get("content-length", "0")))


class Wire:
    """Listens on an address of its own; `fault(note)` may give a Fault for a request."""

    def __init__(self, upstream, ca_file, certificate, host="127.0.0.1"):
        self.upstream, self.host = upstream, host
        self.to_server = ssl.create_default_context(cafile=ca_file)
        self.as_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.as_server.load_cert_chain(*certificate)
        self.notes, self.fault = [], lambda note: None
        self.tokens = None              # {shown by the client: what the server is told}; others get a 401
        self.lock = threading.Lock()
        self.open = set()
        self.connections = 0
        self.listener, self.port = None, 0
        self.up()

    def up(self):
        self.listener = socket.create_server((self.host, self.port), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def down(self):
        """As a server that has gone: its port is refused, its connections are cut."""
        # Wakes accept(), which would otherwise hold the port.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()

    def cut(self):
        with self.lock:
            for sock in list(self.open):
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, raw):
        server = None
        with self.lock:
            self.open.add(raw)
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = self.as_server.wrap_socket(raw, server_side=True)
            with self.lock:
                self.open.discard(raw)
                self.open.add(client)
            raw = client
            reader = Reader(client)
            while True:
                line, fields, head = reader.head()
                method, target = line.split(" ")[:2]
                note = Note(method, target, fields, reader.body(fields))
                with self.lock:
                    self.notes.append(note)
                fault = self.fault(note) or Fault()
                if self.tokens is not None:
                    shown = note.fields.get("authorization", "")[len("Bearer "):]
                    if shown not in self.tokens:
                        fault = Fault(answer=(401, {}, UNAUTHORIZED))
                    else:
                        head = head.replace(shown.encode(), self.tokens[shown].encode())
                if fault.before:
                    fault.before()
                    return
                if fault.answer:
                    self.invent(client, note, fault.answer)
                    continue
                if server is None:
                    server = self.dial()
                server.sendall(head + note.body)
                if not self.relay(client, server, note, fault):
                    return
        except (Closed, OSError, ValueError):
            return
        finally:
            with self.lock:
                self.open.discard(raw)
            for sock in (raw, server):
                if sock is not None:
                    sock.close()

    def dial(self):
        sock = socket.create_connection(self.upstream, timeout=30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock = self.to_server.wrap_socket(sock, server_hostname=self.upstream[0])
        sock.settimeout(None)
        return sock

    def invent(self, client, note, answer):
        code, fields, body = answer
        lines = ["HTTP/1.1 %d Invented" % code, "Content-Type: application/json", "Content-Length: %d" % len(body)]
        lines += ["%s: %s" % f for f in fields.items()]
        note.code, note.done = code, time.time()
        client.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + body)

    def relay(self, client, server, note, fault):
        """False: this connection is over."""
        reader = Reader(server)
        line, fields, head = reader.head()
        note.code = int(line.split(" ")[1])
        if note.watch and note.code == 200:
            return self.stream(client, server, reader, head, note, fault)
        body = reader.body(fields)
        note.done, note.answer = time.time(), body
        if fault.after:
            fault.after()
            return False
        if fault.delay_s:
            time.sleep(fault.delay_s)
        client.sendall(head + body)
        return "close" not in fields.get("connection", "")

    def stream(self, client, server, reader, head, note, fault):
        client.sendall(head)
        if fault.stream:
            client.sendall(b"%x\r\n%s\r\n" % (len(fault.stream), fault.stream))
        reader.other = client
        sent, limit = 0, fault.cut_at if fault.cut_at is not None else fault.silent_at
        for raw, count in reader.chunks():
            if limit is not None and sent + len(raw) > limit:
                client.sendall(raw[:limit - sent])
                if fault.silent_at is not None:
                    select.select([client], [], [])
                return False
            client.sendall(raw)
            sent += len(raw)
        note.done = time.time()
        return True


class Api:
    """The runner's own client of an API server: one connection a thread."""

    def __init__(self, host, port, ca_file, token):
        self.host, self.port, self.token = host, port, token
        self.context = ssl.create_default_context(cafile=ca_file)
        self.local = threading.local()

    def connect(self, timeout=30):
        return http.client.HTTPSConnection(self.host, self.port, context=self.context, timeout=timeout)

    def ask(self, method, path, body=None, kind="application/json", token=None):
        """(code, object).  No answer at all: OSError."""
        return self.send(method, path, body, kind, {"Authorization": "Bearer " + (token or self.token)})[:2]

    def send(self, method, path, body=None, kind="application/json", fields=()):
        """(code, object, warnings), with more header fields."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        fields = {"Authorization": "Bearer " + self.token, "User-Agent": "e2e", **dict(fields)}
        if data is not None:
            fields["Content-Type"] = kind
        for last in (False, True):
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = self.local.connection = self.connect()
            try:
                connection.request(method, path, data, fields)
                answer = connection.getresponse()
                text = answer.read()
                is_json = "json" in (answer.getheader("Content-Type") or "")
                warnings = [re.sub(r"\\(.)", r"\1", re.match(r'\d+ \S+ "(.*)"', w).group(1))
                            for w in answer.headers.get_all("Warning") or []]
                return answer.status, json.loads(text) if is_json else text, warnings
            except (OSError, http.client.HTTPException) as e:
                connection.close()
                self.local.connection = None
                if last or not isinstance(e, (ConnectionError, http.client.BadStatusLine)):
                    raise OSError("%s %s: %r" % (method, path, e)) from e

    def get(self, path):
        code, thing = self.ask("GET", path)
        return thing if code == 200 else None

    def items(self, path):
        return (self.get(path) or {}).get("items") or []

    def must(self, method, path, body=None, kind="application/json", fields=()):
        code, thing, _ = self.send(method, path, body, kind, fields)
        if not 200 <= code < 300:
            raise AssertionError("%s %s: %d %s" % (method, path, code, thing))
        return thing

    def merge(self, path, patch):
        return self.must("PATCH", path, patch, "application/merge-patch+json")


class Watch(threading.Thread):
    """Everything that a watch shows, from now on, as (time, type, object)."""

    def __init__(self, api, path):
        super().__init__(daemon=True)
        self.api, self.path, self.seen = api, path, []
        self.version = api.must("GET", path)["metadata"]["resourceVersion"]
        self.connection = api.connect(timeout=None)
        self.start()

    def run(self):
        try:
            sep = "&" if "?" in self.path else "?"
            self.connection.request("GET", "%s%swatch=1&resourceVersion=%s&timeoutSeconds=600"
                                    % (self.path, sep, self.version),
                                    headers={"Authorization": "Bearer " + self.api.token, "User-Agent": "e2e"})
            for line in self.connection.getresponse():
                event = json.loads(line)
                self.seen.append((time.time(), event["type"], event["object"]))
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            return

    def close(self):
        if self.connection.sock is not None:
            try:
                self.connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def parse_path(path):
    """(resource, subresource, namespace, name) of an API path."""
    m = re.match(r"/(?:api/v1|apis/[^/]+/[^/]+)(?:/namespaces/([^/]+)(?=/))?/([^/?]+)(?:/([^/?]+))?(?:/([^/?]+))?", path)
    if not m:
        return "", "", "", ""
    ns, resource, name, sub = m.groups()
    return resource, sub or "", ns or "", name or ""
