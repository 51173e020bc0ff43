// Controlplane is Kubernetes without nodes, in one program: the stock
// components from their Go modules, chosen by the first argument. It exists
// for tests that want the real API server and the real controllers.
package main

import (
	"fmt"
	"os"
	"strings"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"

	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
)

var components = []struct {
	name string
	run  func() int
}{
	{"etcd", func() int { etcdmain.Main(os.Args); return 0 }},
	{"kube-apiserver", func() int { return cli.Run(apiserver.NewAPIServerCommand()) }},
	{"kube-controller-manager", func() int { return cli.Run(controllers.NewControllerManagerCommand()) }},
	{"kube-scheduler", func() int { return cli.Run(scheduler.NewSchedulerCommand()) }},
	{"kubectl", func() int { return cli.Run(kubectl.NewDefaultKubectlCommand()) }},
}

func main() {
	var names []string
	for _, c := range components {
		if len(os.Args) > 1 && os.Args[1] == c.name {
			os.Args = os.Args[1:]
			os.Exit(c.run())
		}
		names = append(names, c.name)
	}
	fmt.Fprintf(os.Stderr, "usage: controlplane %s [argument]...\n", strings.Join(names, "|"))
	os.Exit(2)
}
