package diagnose

import (
	"fmt"
	"time"

	"github.com/sparkscale/sparkscale/spark"
)

// The allocator creates at most batch.size pods each batch.delay: 5 a second until Spark 3.5, 10 from 4.0.
var batchSize = Rule{
	Code: "SCALE-UP/BATCH-SIZE", Title: "pods are asked for in batches that are small for the stage",
	Doc:   "ExecutorPodsAllocator, spark.kubernetes.allocation.batch.size and .delay, Spark 3.5.6 and 4.0.1",
	Needs: []Part{PartDriverLog, PartConf, PartRun},
	check: func(v *view) []Finding {
		batch, err := v.conf.Int(spark.AllocationBatchSize)
		delay, errDelay := v.conf.Time(spark.AllocationBatchDelay)
		if err != nil || errDelay != nil || batch < 1 {
			return nil
		}
		for _, f := range v.facts(LogPods) {
			missing := f.Int("target") - f.Int("known")
			ramp := time.Duration((missing+batch-1)/batch-1) * delay
			if f.Int("count") != batch || ramp <= 0 || ramp < v.typicalStage()/5 {
				continue
			}
			return []Finding{{
				Severity: Warning, Subject: "executors",
				Message:  fmt.Sprintf("%d executors were missing and are asked for %d each %s: the last one %s after the first, where a typical stage takes %s", missing, batch, brief(delay), brief(ramp), brief(v.typicalStage())),
				Evidence: []Evidence{seen(f.Place, "%s", f.Text), v.property(spark.AllocationBatchSize), v.property(spark.AllocationBatchDelay)},
				Fixes:    []Fix{set("ask for more at once", spark.AllocationBatchSize.Name, fmt.Sprint(min(missing, 100))).noting("the API server and the image registry must bear it")},
			}}
		}
		return nil
	},
}

// typicalStage is the span of the stage in which the median of the stage time lies.
func (v *view) typicalStage() time.Duration {
	var total, sum time.Duration
	for _, s := range v.Run.Stages {
		total += s.Span()
	}
	for _, s := range sortedBySpan(v.Run.Stages) {
		if sum += s.Span(); 2*sum >= total {
			return s.Span()
		}
	}
	return 0
}
