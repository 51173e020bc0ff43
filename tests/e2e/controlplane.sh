#!/bin/sh
# controlplane.sh - a real Kubernetes control plane for tests, in namespaces of its own.
#
#   build           make build/controlplane when it is not there (Go 1.26 or later)
#   up DIR          start it: etcd, kube-apiserver, kube-controller-manager, kube-scheduler
#   in DIR CMD...   run a command inside: its network, its processes
#   stop DIR NAME   end one component, as a crash does;  start DIR NAME: begin it again
#   down DIR        end all of it
#
# One process holds a network and a process namespace.  When it ends, the
# kernel ends everything inside, so `down` can forget nothing and touch nothing
# else; it ends by itself after an hour.  All of 10.42.0.0/16 is local inside,
# so pods need no set-up to have addresses.  DIR has all files: pki/, log/,
# etcd/, and kubeconfigs for admin, nodes and the operator's ServiceAccount.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
bin=$top/build/controlplane
address=10.42.0.1
server=https://$address:6443
life_s=3600
kube=v1.36.3

fail() {
	echo "controlplane: $*" >&2
	exit 1
}

# Sets $go.
find_go() {
	for go in go /usr/local/go/bin/go /usr/lib/go-1.26/bin/go; do
		command -v "$go" >/dev/null && "$go" version |
		    awk '{ split(substr($3, 3), v, "."); exit !(v[1] > 1 || v[2] + 0 >= 26) }' && return 0
	done
	fail "Go 1.26 or later is needed to build $kube of Kubernetes; install it from https://go.dev/dl" \
	    "(looked in PATH and /usr/local/go)"
}

build() {
	[ ! -x "$bin" ] || [ "$here/controlplane/go.mod" -nt "$bin" ] || [ "$here/controlplane/main.go" -nt "$bin" ] ||
	    return 0
	find_go
	echo "controlplane: building Kubernetes $kube (minutes the first time)"
	minor=${kube#v1.}
	version=k8s.io/component-base/version
	mkdir -p "$top/build"
	(cd "$here/controlplane" && CGO_ENABLED=0 "$go" build -trimpath -ldflags "-s -w -X $version.gitVersion=$kube
	    -X $version.gitMajor=1 -X $version.gitMinor=${minor%.*}" -o "$bin" .)
}

# An entity certificate NAME with subject and SANs, signed by our CA.
certificate() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$pki/$1.key" \
	    -subj "$2" -out "$pki/$1.csr" 2>/dev/null
	printf 'subjectAltName=%s\n' "$3" >"$pki/$1.ext"
	openssl x509 -req -in "$pki/$1.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial \
	    -days 2 -extfile "$pki/$1.ext" -out "$pki/$1.crt" 2>/dev/null
	rm "$pki/$1.csr" "$pki/$1.ext"
}

random() {
	openssl rand -hex 16
}

# kubeconfig NAME TOKEN
kubeconfig() {
	cat >"$dir/$1.kubeconfig" <<-END
	apiVersion: v1
	kind: Config
	clusters: [{name: e2e, cluster: {server: "$server", certificate-authority: "$pki/ca.crt"}}]
	users: [{name: $1, user: {token: "$2"}}]
	contexts: [{name: e2e, context: {cluster: e2e, user: $1, namespace: ais-operator-system}}]
	current-context: e2e
	END
}

credentials() {
	mkdir -p "$pki" "$dir/log" "$dir/etcd"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$pki/ca.key" \
	    -subj /CN=e2e-ca -days 2 -out "$pki/ca.crt" 2>/dev/null
	certificate server /CN=kube-apiserver "IP:$address,IP:10.43.0.1,DNS:kubernetes.default.svc,DNS:localhost"
	openssl ecparam -name prime256v1 -genkey -noout -out "$pki/accounts.key"
	admin=$(random) nodes=$(random) controllers=$(random) scheduler=$(random)
	cat >"$pki/tokens.csv" <<-END
	$admin,admin,admin,"system:masters"
	$nodes,nodes,nodes,"system:masters"
	$controllers,system:kube-controller-manager,controllers
	$scheduler,system:kube-scheduler,scheduler
	END
	kubeconfig admin "$admin"
	kubeconfig nodes "$nodes"
	kubeconfig controllers "$controllers"
	kubeconfig scheduler "$scheduler"
	cat >"$dir/audit-policy.yaml" <<-END
	apiVersion: audit.k8s.io/v1
	kind: Policy
	omitStages: [RequestReceived, ResponseStarted]
	rules: [{level: Metadata}]
	END
}

# Sets $inside: how to get in, nothing for those who are there.  A user
# namespace only where the holder has one of its own.
way_in() {
	[ -s "$dir/holder" ] || fail "nothing is up in $dir"
	read -r holder <"$dir/holder"
	inside=
	[ "$(readlink "/proc/$holder/ns/net")" != "$(readlink /proc/self/ns/net)" ] || return 0
	inside="nsenter --target $holder --net --pid"
	[ "$(readlink "/proc/$holder/ns/user")" = "$(readlink /proc/self/ns/user)" ] || inside="$inside --user --preserve-credentials"
}

hold() {
	how="unshare --net --pid --fork --kill-child"
	$how true 2>/dev/null || how="unshare --user --map-root-user --net --pid --fork --kill-child"
	$how true 2>/dev/null || fail "this machine lets us make no network namespace (unshare --user --net); run as root"
	: >"$dir/holder"
	# The number that it writes is the one that it has outside: /proc is the outer one.
	$how sh -c 'ip link set lo up && ip address add '$address'/16 dev lo &&
	    read -r pid rest </proc/self/stat && echo "$pid" >"$1/holder" && { sleep '$life_s' & wait; }' \
	    holder "$dir" </dev/null >"$dir/log/holder.log" 2>&1 &
	wait_for 10 test -s "$dir/holder"
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	tries=$(($1 * 20))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.05
	done
}

flags() {
	api="--kubeconfig $dir/$1.kubeconfig --authentication-kubeconfig $dir/$1.kubeconfig
	    --authorization-kubeconfig $dir/$1.kubeconfig --bind-address $address --leader-elect=false
	    --kube-api-qps 200 --kube-api-burst 400"
	case $1 in
	etcd) echo "--data-dir $dir/etcd --unsafe-no-fsync --log-level error
	    --listen-client-urls http://$address:2379 --advertise-client-urls http://$address:2379
	    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380
	    --initial-cluster default=http://127.0.0.1:2380" ;;
	kube-apiserver) echo "--etcd-servers http://$address:2379 --bind-address $address
	    --advertise-address $address --secure-port 6443 --service-cluster-ip-range 10.43.0.0/16
	    --tls-cert-file $pki/server.crt --tls-private-key-file $pki/server.key --client-ca-file $pki/ca.crt
	    --token-auth-file $pki/tokens.csv --authorization-mode Node,RBAC --allow-privileged=true
	    --service-account-key-file $pki/accounts.key --service-account-signing-key-file $pki/accounts.key
	    --service-account-issuer https://kubernetes.default.svc.cluster.local
	    --enable-aggregator-routing=true --shutdown-delay-duration 0s
	    --audit-policy-file $dir/audit-policy.yaml --audit-log-path $dir/log/audit.log
	    --audit-log-mode batch --audit-log-batch-max-wait 1s" ;;
	kube-controller-manager) flags controllers ;;
	controllers) echo "$api --root-ca-file $pki/ca.crt --use-service-account-credentials=true
	    --service-account-private-key-file $pki/accounts.key --node-monitor-grace-period 24h" ;;
	kube-scheduler) flags scheduler ;;
	scheduler) echo "$api" ;;
	*) fail "no such component: $1" ;;
	esac
}

# The component writes down its own number, which is one of the namespace's.
start() {
	# shellcheck disable=SC2046 # flags are words
	$inside sh -c 'name=$1 dir=$2; shift 2; echo $$ >"$dir/log/$name.pid"; exec '"$bin"' "$name" "$@"' \
	    start "$1" "$dir" $(flags "$1") </dev/null >>"$dir/log/$1.log" 2>&1 &
}

stop() {
	read -r pid <"$dir/log/$1.pid"
	$inside kill -9 "$pid"
	wait_for 20 sh -c "! $inside kill -0 $pid"
}

kubectl() {
	$inside "$bin" kubectl --kubeconfig "$dir/admin.kubeconfig" "$@"
}

said() {
	tail -n 5 "$dir/log/$1.log" >&2
	down
	fail "$1 did not come up; its log: $dir/log/$1.log"
}

up() {
	build
	rm -rf "$dir/etcd" "$dir/log"
	credentials
	hold
	way_in
	start etcd
	start kube-apiserver
	wait_for 60 kubectl get --raw /readyz || said kube-apiserver
	start kube-controller-manager
	start kube-scheduler
	kubectl apply -f "$top/deploy/rbac" >"$dir/log/rbac.log" || said rbac
	kubectl apply --server-side -f "$top/deploy/crd" >"$dir/log/crd.log" || said crd
	wait_for 60 kubectl -n default get serviceaccount default || said kube-controller-manager
	kubeconfig operator "$(kubectl -n ais-operator-system create token controller-manager --duration 1h)"
}

down() {
	way_in
	kill -9 "$holder" 2>/dev/null || true
	wait_for 10 sh -c "! kill -0 $holder" || fail "what runs in $dir does not end"
	rm "$dir/holder"
}

verb=${1:-}
[ "$verb" = build ] && { build; exit; }
[ $# -ge 2 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mkdir -p "$2"
dir=$(cd "$2" && pwd)
pki=$dir/pki
shift 2
case $verb in
up)    up ;;
in)    way_in; exec $inside "$@" ;;
start) way_in; start "$1" ;;
stop)  way_in; stop "$1" ;;
down)  down ;;
*)     fail "no such verb: $verb" ;;
esac
