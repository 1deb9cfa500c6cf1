package replay

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// made is work of one job of one stage of tasks of so many milliseconds.
func made(tasks ...int32) *Work {
	w := &Work{profile: &workload.Profile{}, pools: []string{defaultPool}}
	for l := range w.cold.cost {
		w.cold.cost[l] = make([]float64, 1)
	}
	w.jobs = append(w.jobs, job{after: -1})
	beside(w, 0, tasks...)
	return w
}

// later adds a job of one stage so long after the last one.
func later(w *Work, gap ms, tasks ...int32) {
	id := int32(len(w.jobs))
	w.jobs[id-1].atEnd = append(w.jobs[id-1].atEnd, id)
	w.jobs = append(w.jobs, job{id: id, after: id - 1, gap: gap})
	beside(w, 0, tasks...)
}

// beside adds a stage to the last job, which comes so long after its submission.
func beside(w *Work, lag ms, tasks ...int32) {
	i, j := int32(len(w.stages)), int32(len(w.jobs)-1)
	s := stage{index: i, id: i, job: j, lag: lag, writes: -1, first: int32(len(w.tasks))}
	for n, base := range tasks {
		w.tasks = append(w.tasks, task{base: base, wrote: 1, partition: int32(n), retry: none})
	}
	s.last, s.firsts = int32(len(w.tasks)), int32(len(tasks))
	w.stages = append(w.stages, s)
	w.jobs[j].stages = append(w.jobs[j].stages, i)
	w.profile.Stages = append(w.profile.Stages, workload.Stage{ID: int(i)})
}

// fixedSetting is of so many executors of one slot each, on a standalone cluster.
func fixedSetting(executors int) Setting {
	return Setting{
		Shape: sizing.Shape{Cores: 1}, Policy: allocation.Fixed(executors),
		Conf: spark.NewConf(spark.V35, map[string]string{spark.Master.Name: "spark://m", spark.LocalityWait.Name: "1s"}),
	}
}

// watched replays and returns the launches of the tasks of a stage.
func watched(t *testing.T, w *Work, s Setting, stage int32) (list []happening) {
	s.watch = func(h happening) {
		if h.what == "task launched" && h.stage == stage {
			list = append(list, h)
		}
	}
	_, err := w.Run(context.Background(), s)
	require.NoError(t, err)
	return list
}

func launches(t *testing.T, w *Work, s Setting, stage int32) (at []ms) {
	for _, h := range watched(t, w, s, stage) {
		at = append(at, h.at)
	}
	return at
}
