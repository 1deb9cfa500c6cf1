package keda

import (
	"math"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Load is what an executor that must leave has to wait for and to move. The zero value is an application of which nothing is known.
type Load struct {
	// LongestTask is the longest that a task may still run.
	LongestTask time.Duration
	// Shuffle is the most shuffle output that one executor holds.
	Shuffle units.Bytes
	// Rate is how much of it moves in a second: 50 MiB where it is 0, which is assumed (a quarter of what a gigabit link, or a slow
	// disk, gives) and not measured.
	Rate units.Bytes
}

const (
	// defaultGrace is Kubernetes' own, in seconds, and the least that a target gets.
	defaultGrace = 30
	// margin is for the rounds in which decommissioning looks for blocks (2 s) and for the tasks to stop being offered, in seconds:
	// with nothing to move an executor left 1 to 5 s after it was told (Spark 3.5.6).
	margin = 10
	// patience is how many times the cost of a removal an HPA waits before one: a removal costs at most a tenth of what it frees.
	patience = 10
	// longestWait is the longest stabilization window of an HPA, longestPeriod the longest period of its policies, in seconds.
	longestWait, longestPeriod = 3600, 1800
)

var defaultRate = units.MiB(50)

// LoadOf reads the load out of a run: its longest task, and the most that the tasks of one executor wrote for shuffles, all
// together, as if none was dropped before the end.
func LoadOf(p *workload.Profile) Load {
	load := Load{LongestTask: p.TaskDurations().Max}
	written := map[int]units.Bytes{}
	for i := range p.Tasks.Len() {
		executor := p.Tasks.Executor(i)
		total, err := written[executor].Add(p.Tasks.ShuffleWrite(i))
		if err != nil {
			total = math.MaxInt64
		}
		written[executor] = total
		load.Shuffle = max(load.Shuffle, total)
	}
	return load
}

// Drain is how long an executor takes to leave: its longest task to the end, and all its shuffle output moved.
func (l Load) Drain() time.Duration {
	rate := l.Rate
	if rate <= 0 {
		rate = defaultRate
	}
	seconds := math.Ceil(float64(l.Shuffle) / float64(rate))
	if seconds > float64(longest/time.Second) {
		return longest
	}
	return min(l.LongestTask, longest) + time.Duration(seconds)*time.Second
}

// grace is how long a pod gets, in whole seconds.
func (l Load) grace() int {
	return max(defaultGrace, int(math.Ceil(l.Drain().Seconds()))+margin)
}

// Behavior is how an HPA should scale such executors: up as it likes, down by one executor for each time that it takes one to leave, and
// only after ten times as long without need for it (at least 5 minutes, at most an hour). The highest ordinals go, busy or not, so
// that a removal that is taken back soon is paid twice: by what runs there, and by starting again.
func (l Load) Behavior() *autoscalingv2.HorizontalPodAutoscalerBehavior {
	drain := l.grace()
	wait := min(max(300, patience*drain), longestWait)
	return &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleDown: &autoscalingv2.HPAScalingRules{
		StabilizationWindowSeconds: new(int32(wait)),
		Policies: []autoscalingv2.HPAScalingPolicy{{
			Type: autoscalingv2.PodsScalingPolicy, Value: 1, PeriodSeconds: int32(min(max(60, drain), longestPeriod)),
		}},
	}}
}
