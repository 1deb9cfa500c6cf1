package diagnose_test

import (
	"fmt"
	"os"

	"github.com/sparkscale/sparkscale/diagnose"
)

// A snapshot is plain data: what is known of an application. Package observe gathers one.
func ExampleRun() {
	snapshot := &diagnose.Snapshot{
		App: diagnose.App{Name: "analytics-job", State: "RUNNING"},
		Log: []diagnose.LogFact{{
			Kind: diagnose.LogForbidden, Count: 36, Place: diagnose.Place{Source: "driver.log", Line: 412},
			Text: `pods "analytics-exec-7" is forbidden: exceeded quota: tight, requested: requests.cpu=2, used: requests.cpu=23500m, limited: requests.cpu=24`,
		}},
	}
	for _, f := range diagnose.Run(snapshot, diagnose.Options{}) {
		fmt.Println(f)
		fmt.Println("  seen at", f.Evidence[0].Place)
		fmt.Printf("  %s (%s)\n", f.Fixes[0].Title, f.Fixes[0].Effect)
	}
	// Output:
	// SCALE-UP/PENDING-QUOTA error: executors cannot be created: quota tight limits requests.cpu=24, used are requests.cpu=23500m, and one more asks for requests.cpu=2 (refused 36 times; 2 wanted, 0 registered)
	//   seen at driver.log:412
	//   raise the limit of quota tight (live)
}

// What is unknown is said to be unknown, and the rules that would need it are named.
func ExampleUnchecked() {
	snapshot := &diagnose.Snapshot{Gaps: []diagnose.Gap{{Part: diagnose.PartPods, Why: "not allowed"}, {Part: diagnose.PartPriorities, Why: "not allowed"}}}
	for _, s := range diagnose.Unchecked(snapshot) {
		if s.Code == "RISK/NO-PRIORITY" {
			fmt.Println(s.Code, "lacks", s.Lacks)
		}
	}
	// Output:
	// RISK/NO-PRIORITY lacks [pods priorities]
}

func ExampleSnapshot_Save() {
	snapshot := &diagnose.Snapshot{App: diagnose.App{Name: "job"}}
	if err := snapshot.Save(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {
	//  "schema": "sparkscale/snapshot/v1",
	//  "app": {
	//   "name": "job",
	//   "place": {}
	//  }
	// }
}

func ExampleSnapshot_Health() {
	snapshot := &diagnose.Snapshot{App: diagnose.App{State: "PENDING_RERUN"}}
	fmt.Println(snapshot.Health())
	// Output:
	// {Progressing SparkApplication is Pending Rerun}
}
