package observe_test

import (
	"context"
	"fmt"
	"os"
	"testing/fstest"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/observe"
	"github.com/sparkscale/sparkscale/sparkapp"
)

// A support case comes as files, under any names.
func ExampleFS() {
	files := fstest.MapFS{"from-the-customer.txt": {Data: []byte("26/11/23 17:15:54 ERROR TaskSetManager: Task 1 in stage 0.0 failed 4 times; aborting job\n")}}
	snapshot, err := observe.FS(context.Background(), files)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range diagnose.Run(snapshot, diagnose.Options{}) {
		fmt.Println(f)
		fmt.Println(f.Evidence[0].Place)
	}
	// Output:
	// RISK/JOB-FAILED error: task 1 of stage 0.0 failed 4 times and ended its job
	// from-the-customer.txt:1
}

// In a controller: what may not be read is a gap of the snapshot, not an error.
func ExampleCluster() {
	source := observe.Cluster(&rest.Config{Host: "https://kubernetes.default.svc"})
	look := func(ctx context.Context) ([]diagnose.Finding, error) {
		snapshot, err := source.Snapshot(ctx, types.NamespacedName{Namespace: "spark", Name: "analytics-job"})
		if err != nil {
			return nil, err
		}
		return diagnose.Run(snapshot, diagnose.Options{}), nil
	}
	_ = look
	// Output:
}

// The rights that it takes, and no more.
func ExampleRBAC() {
	text, err := sparkapp.YAML(observe.RBAC("spark", "watcher")[0])
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = os.Stdout.Write(text)
	// Output:
	// apiVersion: rbac.authorization.k8s.io/v1
	// kind: Role
	// metadata:
	//   name: sparkscale-observe
	//   namespace: spark
	// rules:
	// - apiGroups:
	//   - sparkoperator.k8s.io
	//   resources:
	//   - sparkapplications
	//   verbs:
	//   - get
	// - apiGroups:
	//   - ""
	//   resources:
	//   - pods
	//   - events
	//   - resourcequotas
	//   verbs:
	//   - list
	// - apiGroups:
	//   - apps
	//   resources:
	//   - statefulsets
	//   verbs:
	//   - list
	// - apiGroups:
	//   - autoscaling
	//   resources:
	//   - horizontalpodautoscalers
	//   verbs:
	//   - list
	// - apiGroups:
	//   - keda.sh
	//   resources:
	//   - scaledobjects
	//   verbs:
	//   - list
	// - apiGroups:
	//   - ""
	//   resources:
	//   - pods/log
	//   verbs:
	//   - get
}
