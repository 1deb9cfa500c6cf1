package diagnose

import "fmt"

var fetchFailures = Rule{
	Code: "RISK/FETCH-FAILURES", Title: "tasks could not fetch shuffle data",
	Doc:    "FetchFailed, spark.stage.maxConsecutiveAttempts (4), Spark 3.5.6",
	Either: []Part{PartDriverLog, PartRun},
	check: func(v *view) []Finding {
		lost := v.losses()
		if lost.fetchFailed == 0 {
			return nil
		}
		f := Finding{
			Severity: Warning, Subject: "shuffle",
			Message: fmt.Sprintf("%d tasks could not fetch shuffle data; each time the stage is tried anew, at most 4 times in a row", lost.fetchFailed),
			Fixes:   []Fix{do(NextRun, "look at the executors that the failures name").noting("one that was lost took its files along; one that is there and slow wants a longer spark.network.timeout, or less garbage collection")},
		}
		for _, fact := range first(v.facts(LogFetchFailed), 3) {
			f.Evidence = append(f.Evidence, seen(fact.Place, "%s (%d times)", fact.Text, fact.Count))
		}
		if v.Run != nil {
			f.Evidence = append(f.Evidence, v.ofRun("TaskEnd", "%d FetchFailed", lost.fetchFailed))
		}
		return []Finding{f}
	},
}
