package sparkscale_test

import (
	"context"
	"fmt"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

const manifest = `apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: nightly
  labels: {team: growth} # stays
spec:
  type: Scala
  mode: cluster
  sparkVersion: 3.5.7
  image: registry/nightly:7
  mainClass: com.example.Nightly
  mainApplicationFile: local:///opt/nightly.jar
  driver: {cores: 1, memory: 1g}
  executor: {cores: 1, memory: 1g}
  dynamicAllocation: {enabled: true, minExecutors: 0, maxExecutors: 16}
`

// From the log of the last run to the manifest of the next one.
func Example() {
	ctx := context.Background()
	profile, err := eventlog.ReadFile(ctx, "examples/plan/testdata/driver-heavy.zstd")
	if err != nil {
		fmt.Println(err)
		return
	}

	p, err := plan.Engine{Workers: 2}.Plan(ctx, plan.Request{
		Runs:      []*workload.Profile{profile},
		Cluster:   allocation.Nodes(4, units.Cores(8), units.GiB(32)),
		Objective: plan.CheapestWithin(time.Minute),
	})
	if err != nil {
		fmt.Println(err) // a *plan.Refusal says what works instead
		return
	}
	fmt.Println(p.Candidates[0])
	fmt.Println("then", p.Saves)

	app, err := sparkapp.Parse([]byte(manifest))
	if err != nil {
		fmt.Println(err)
		return
	}
	changes, err := app.Apply(p.Shape, p.Policy)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, change := range changes {
		fmt.Println(change)
	}
	// Output:
	// 4 cores, 1 GiB heap, 1 fixed executor
	// then 65 % less cost, 1 % more time
	// spec.dynamicAllocation: {"enabled":true,"maxExecutors":16,"minExecutors":0} -> nothing (the policy is a fixed count)
	// spec.executor.cores: 1 -> 4 (the shape decides it)
	// spec.executor.instances: nothing -> 1 (the policy decides it)
}
