"""story_faults.py - reviews that need a fault, a hand, or more than one object (X1 to X10)."""
import copy
import json

import door
import lab
from lab import check, wait
from story_cases import denied, reviews
from wire import Fault

PROFILES = "/apis/auth.ais.nvidia.com/v1alpha1/aistoreauthprofiles"
BROKEN = (500, {}, b'{"kind":"Status","status":"Failure","reason":"InternalError","code":500,"message":"invented"}')


def breaks(op, method, part):
    op.wire.fault = lambda n: Fault(answer=BROKEN) if n.method == method and part in n.path else None


def dry(l, thing, who=None):
    """(code, message, warnings) of a dry run."""
    fields = {"Impersonate-User": who} if who else ()
    code, answer, warnings = l.api.send("POST", "%s/namespaces/%s/aistores?dryRun=All" % (lab.GROUP, thing["metadata"]["namespace"]),
                                        thing, fields=fields)
    return code, answer.get("message", ""), warnings


def profile(**more):
    spec = {"serviceURL": "https://idp.example:8443", "tokenExchange": {"endpoint": "/token"}}
    return {"apiVersion": "auth.ais.nvidia.com/v1alpha1", "kind": "AIStoreAuthProfile", "metadata": {"name": "e2e-prod"},
            "spec": dict(spec, **more)}


def review(operation, thing, old=None, version="v1", **more):
    group, beta = thing["apiVersion"].split("/")
    request = {"uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "kind": {"group": group, "version": beta, "kind": thing["kind"]},
               "operation": operation, "userInfo": {"username": "alice", "groups": ["system:authenticated"]},
               "object": None if operation == "DELETE" else thing, "oldObject": old, "dryRun": False}
    return {"apiVersion": "admission.k8s.io/" + version, "kind": "AdmissionReview", "request": dict(request, **more)}


def what_the_cluster_cannot_answer_is_refused_as_an_internal_error(l):
    """X1, X2, X3, X10."""
    ns = l.namespace()
    d = door.Door(l)
    op = d.operator(namespaces=["nowhere"], elect=False)
    d.open()
    cr = lab.aistore(ns, auth={"profileRef": {"name": "prod"}})
    for part, method, text in (("/subjectaccessreviews", "POST", 'authorizing aistoreauthprofiles resource "prod"'),
                               ("/aistoreauthprofiles/", "GET", 'checking AIStoreAuthProfile "prod"')):
        breaks(op, method, part)
        code, message, _ = dry(l, cr)
        check(code == 500 and text in message, part, code, message)
        l.say(message)
    begun = len(op.wire.notes)
    dry(l, cr)
    check(list(reviews(op.wire.notes[begun:])) == ["use/aistoreauthprofiles/prod"], "a dry run makes no SubjectAccessReview")
    # 3.4.0 lists all classes also where none is used, and is refused by that; we ask where one is.
    breaks(op, "GET", "/storageclasses")
    code, message, _ = dry(l, lab.aistore(ns, stateStorage={"pvc": {"storageClass": "fast"}}))
    check(code == 500 and "invented" in message, "storage class", code, message)
    code, message, _ = dry(l, lab.aistore(ns))
    check(code == 201, "without a class", code, message)


def reviews_that_were_written_by_hand_are_answered_as_they_are_meant(l):
    """X4, X5, X6, X7."""
    d = door.Door(l)
    op = d.operator(namespaces=["nowhere"], elect=False)
    good, bad = lab.aistore("ais"), lab.aistore("ais", size=0)
    for version in ("v1", "v1beta1"):
        for thing, allowed in ((good, True), (bad, False)):
            code, answer = d.post(op, door.BETA, review("CREATE", thing, version=version))
            check(code == 200 and answer["apiVersion"] == "admission.k8s.io/" + version, version, code, answer)
            check(answer["response"]["allowed"] is allowed, version, answer)
    code, answer = d.post(op, door.BETA, review("CREATE", good), kind="application/json; charset=utf-8")
    check(not answer.get("response", {}).get("allowed"), "another content type is allowed:", answer)
    l.say("charset=utf-8: %d %s" % (code, json.dumps(answer)[:200]))
    code, answer = d.post(op, door.BETA, review("DELETE", good, old=good))
    check(code == 200 and answer["response"]["allowed"], "DELETE", code, answer)
    secret = {"usernamePassword": {"secret": {"name": "nope", "namespace": "e2e-nowhere"}}}
    dying = profile(**secret)
    dying["spec"].pop("tokenExchange")
    dying["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    begun = len(op.wire.notes)
    code, answer = d.post(op, door.PROFILE, review("UPDATE", dying, old=copy.deepcopy(dying)))
    check(code == 200 and answer["response"]["allowed"], "a profile that is being deleted", code, answer)
    check(not list(reviews(op.wire.notes[begun:])), "its references were reviewed")


def a_review_of_the_older_version_is_answered_in_it(l):
    """X4, asked by an API server."""
    d = door.Door(l)
    d.operator(namespaces=["nowhere"], elect=False)
    d.open(admissionReviewVersions=["v1beta1"])
    code, message, _ = dry(l, lab.aistore(lab.SYSTEM))
    check(code == 201, code, message)


def an_edit_of_a_profile_needs_access_to_what_stays_in_it(l):
    """X8."""
    ns = l.namespace()
    d = door.Door(l)
    d.operator(namespaces=["nowhere"], elect=False)
    d.open()
    for kind, name, subject in (("ClusterRole", "e2e-profiles", None), ("ClusterRoleBinding", "e2e-profiles", "bob")):
        thing = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": name}}
        if subject is None:
            thing["rules"] = [{"apiGroups": ["auth.ais.nvidia.com"], "resources": ["aistoreauthprofiles"], "verbs": ["*"]}]
        else:
            thing.update(roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
                         subjects=[{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": subject}])
        d.make(thing)
    l.api.must("POST", "/api/v1/namespaces/%s/secrets" % ns, {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "creds"},
                                                              "data": {"SU-NAME": "eA==", "SU-PASS": "eA=="}})
    there = profile(usernamePassword={"secret": {"name": "creds", "namespace": ns}})
    there["spec"].pop("tokenExchange")
    l.api.must("POST", PROFILES, there)
    d.made.append(PROFILES + "/e2e-prod")
    with denied(l, "bob") as fields:
        code, answer, _ = l.api.send("PATCH", PROFILES + "/e2e-prod", {"spec": {"serviceURL": "https://other.example"}},
                                     "application/merge-patch+json", fields)
    check(code == 422 and 'is not authorized to get secrets resource "creds"' in answer["message"], code, answer)
    l.say(answer["message"])


def an_autoscaling_cluster_is_counted_against_the_nodes_that_it_selects(l):
    """X9: five are expected, three match."""
    ns = l.namespace()
    d = door.Door(l)
    d.operator(namespaces=["nowhere"], elect=False)
    d.open()
    nodes = ["/api/v1/nodes/" + n["metadata"]["name"] for n in l.api.items("/api/v1/nodes")][:3]
    try:
        for path in nodes:
            l.api.merge(path, {"metadata": {"labels": {"e2e/ais": "yes"}}})
        cr = lab.aistore(ns, size=-1)
        for role in ("proxySpec", "targetSpec"):
            cr["spec"][role]["nodeSelector"] = {"e2e/ais": "yes"}
        l.api.must("POST", "%s/namespaces/%s/aistores" % (lab.GROUP, ns), cr)
        l.api.merge(l.path(ns) + "/status", {"status": {"conditions": [],
                                                        "autoscaleStatus": {"expectedTargetNodes": list("abcde")}}})
        code, _, warnings = l.api.send("PATCH", l.path(ns), {"metadata": {"labels": {"a": "b"}}}, "application/merge-patch+json")
        check(code == 200, code)
        said = [w for w in warnings if "requires more K8s nodes" in w]
        check(len(said) == 1 and "target" in said[0] and "'5'" in said[0] and "'3'" in said[0], warnings)
        l.say(said[0])
    finally:
        for path in nodes:
            l.api.merge(path, {"metadata": {"labels": {"e2e/ais": None}}})
