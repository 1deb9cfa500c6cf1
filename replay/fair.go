package replay

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/spark"
)

// defaultPool is the pool of jobs that name none (FairSchedulableBuilder.DEFAULT_POOL_NAME).
const defaultPool = "default"

// linkPools finds the pool of each job. Pools come in the order of their names, which breaks ties between them.
func (w *Work) linkPools() {
	name := func(i int) string {
		if i < len(w.profile.Jobs) {
			return cmp.Or(w.profile.Jobs[i].Pool, defaultPool)
		}
		return defaultPool
	}
	for i := range w.jobs {
		w.pools = append(w.pools, name(i))
	}
	slices.Sort(w.pools)
	w.pools = slices.Compact(w.pools)
	for i := range w.jobs {
		w.jobs[i].pool = int32(slices.Index(w.pools, name(i)))
	}
}

func isFair(c spark.Conf) bool {
	mode, _ := c.Value(spark.SchedulerMode)
	return strings.EqualFold(mode, "FAIR")
}

func (e *engine) poolOf(stage int32) int32 { return e.jobs[e.Work.stages[stage].job].pool }

// sortByNeed puts the stages of pools with fewer running tasks first, and leaves the order within a pool, which is FIFO
// (FairSchedulingAlgorithm). Every pool is taken to have weight 1 and no minimum share: the log does not tell them.
func (e *engine) sortByNeed(stages []int32) {
	slices.SortStableFunc(stages, func(a, b int32) int {
		x, y := e.poolOf(a), e.poolOf(b)
		return cmp.Or(cmp.Compare(e.inPool[x], e.inPool[y]), cmp.Compare(x, y))
	})
}
