package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gonum.org/v1/plot"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/report/internal/chart"
	"github.com/sparkscale/sparkscale/workload"
)

// stage is a stage attempt on the time axis of the run.
type stage struct {
	name  string // as cut for an axis by label
	id    string
	tasks int
	// from, first and last are its submission, its first and its last launch, to its end; since the start of the run.
	from, first, last, to time.Duration
	durations             workload.Durations
	// skew is the part of the end, in which no further task was launched, beyond a median task.
	skew     time.Duration
	critical bool
}

// stageTable is the longest stages in numbers.
type stageTable struct {
	Rows []stageRow
	// More is how many stages are not in it.
	More int
	// Marked tells that the critical path is known.
	Marked bool
}

type stageRow struct {
	ID, Name, Tasks, Time, Waited, Median, Longest, Ratio, Skew string
	Critical                                                    bool
}

// stagesOf returns the stages that ran tasks, in the order of their submission.
func stagesOf(p Page) []stage {
	critical := map[int]bool{}
	if p.Was != nil {
		for _, s := range p.Was.Stages {
			critical[s.Stage] = s.Critical
		}
	}
	var list []stage
	for i := range p.Run.Stages {
		if s := p.Run.Stages[i]; s.Last > s.First && p.Run.Wall() > 0 {
			made := stageOf(p.Run, i)
			made.critical = critical[i]
			list = append(list, made)
		}
	}
	return list
}

func stageOf(run *workload.Profile, i int) stage {
	s, t := &run.Stages[i], &run.Tasks
	since := func(at workload.Instant) time.Duration { return min(max(0, at.Sub(run.Since())), run.Wall()) }
	first, last := t.Launch(s.First), t.Launch(s.Last-1)
	from, to := first, run.Until()
	if s.Submitted.Known() {
		from = s.Submitted
	}
	if s.Completed.Known() {
		to = s.Completed
	}
	made := stage{
		name: s.Name, id: fmt.Sprint(s.ID), tasks: s.Last - s.First, durations: run.StageDurations(i),
		from: since(from), first: max(since(from), since(first)), last: since(last), to: since(to),
	}
	if s.Attempt > 0 {
		made.id += fmt.Sprintf(".%d", s.Attempt)
	}
	made.to = max(made.to, made.first)
	if made.tasks > 1 {
		made.skew = max(0, made.to-made.last-made.durations.P50)
	}
	return made
}

// longest keeps so many stages, those that took the most time, in their order.
func longest(list []stage, most int) []stage {
	byTime := slices.Clone(list)
	slices.SortStableFunc(byTime, func(a, b stage) int { return cmp.Compare(b.to-b.from, a.to-a.from) })
	if len(byTime) > most {
		byTime = byTime[:most]
	}
	slices.SortStableFunc(byTime, func(a, b stage) int { return cmp.Compare(a.from, b.from) })
	return byTime
}

// tabled is how many stages the table has.
const tabled = 12

func newStageTable(p Page) stageTable {
	all := stagesOf(p)
	t := stageTable{More: max(0, len(all)-tabled), Marked: p.Was != nil}
	for _, s := range longest(all, tabled) {
		t.Rows = append(t.Rows, stageRow{
			ID: s.id, Name: clean(s.name, 60), Tasks: fmt.Sprint(s.tasks), Time: clock(s.to - s.from), Waited: clock(s.first - s.from),
			Median: clock(s.durations.P50), Longest: clock(s.durations.Max), Ratio: fmt.Sprintf("%.1f×", s.durations.Skew()), Skew: clock(s.skew),
			Critical: s.critical,
		})
	}
	return t
}

// stagePlot shows when stages ran, which of them the run waited for, and what their longest tasks cost.
func stagePlot(p Page, _ workload.Stats) (plotView, error) {
	v := plotView{ID: "stages", Title: "Stages over time", Stages: true}
	list := stagesOf(p)
	if len(list) == 0 {
		v.Missing = "No stage of the log has a task."
		return v, nil
	}
	v.Text = "Stage attempts in the order of their submission. Skew is the end of a stage beyond its median task, when no further task is left to launch: what splitting its longest tasks could win."
	if len(list) > wide.rows {
		v.Text += fmt.Sprintf(" The longest of %d are shown.", len(list))
	}
	v.Legend = []key{{"running", "running"}, {"waiting", "waiting for its first slot"}, {"skew", "skew"}}
	label := fmt.Sprintf("%s over %s.", wording.Count(len(list), "stage"), clock(p.Run.Wall()))
	if p.Was != nil {
		path := criticalPath(p)
		v.Legend = append([]key{{"critical", "running, on the critical path"}}, v.Legend...)
		v.Text += " " + path
		label += " " + path
	}
	var err error
	v.Wide, v.Narrow, err = sized(label, func(sz size) []chart.Frame {
		return []chart.Frame{stageFrame(longest(list, sz.rows), p.Run.Wall(), sz)}
	})
	return v, err
}

// criticalPath says what the run waited for.
func criticalPath(p Page) string {
	var driver, stages time.Duration
	n := 0
	for _, step := range p.Was.Critical {
		if step.Stage < 0 {
			driver += step.To - step.From
		} else {
			stages += step.To - step.From
			n++
		}
	}
	return fmt.Sprintf("The critical path is %s in %s and %s of the driver's own time.", clock(stages), wording.Count(n, "stage"), clock(driver))
}

// stageFrame draws a row for each stage, the first one on top.
func stageFrame(list []stage, wall time.Duration, sz size) chart.Frame {
	parts := map[chart.Ink][]chart.Box{}
	f := chart.Frame{Height: 60 + 20*float64(len(list)), Y: chart.Axis{Max: float64(len(list)), Title: "stage"}}
	f.X = chart.Axis{Max: wall.Seconds(), Ticks: chart.Times(0, wall.Seconds(), sz.ticks), Grid: true, Title: "time since the start"}
	for i, s := range list {
		y := f.Y.Max - float64(i) - 0.5
		add := func(ink chart.Ink, from, to time.Duration) {
			if to > from {
				parts[ink] = append(parts[ink], chart.Box{X0: from.Seconds(), X1: to.Seconds(), Y0: y - 0.34, Y1: y + 0.34})
			}
		}
		body := chart.Real
		if s.critical {
			body = chart.Critical
		}
		add(chart.Waiting, s.from, s.first)
		add(body, s.first, s.to-s.skew)
		add(chart.Skew, s.to-s.skew, s.to)
		f.Y.Ticks = append(f.Y.Ticks, plot.Tick{Value: y, Label: s.label(sz)})
	}
	for _, ink := range []chart.Ink{chart.Waiting, chart.Real, chart.Critical, chart.Skew} {
		f.Marks = append(f.Marks, chart.Boxes{List: parts[ink], Ink: ink})
	}
	return f
}

// label is what stands beside a row: where there is room, its name too.
func (s stage) label(sz size) string {
	if sz.class == wide.class && s.name != "" {
		return s.id + "  " + fitted(clean(s.name, 60), 26)
	}
	return s.id
}
