package report

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Plan writes what the run did and what the plan makes of it. The error is the writer's.
func Plan(w io.Writer, pl *plan.Plan, run *workload.Profile, o Options) error {
	if pl == nil || run == nil || len(pl.Candidates) == 0 {
		return errors.New("report: there is no plan, or no run, to write of")
	}
	p := newPrinter(w, o)
	p.heading(run)
	stats := run.Stats()
	p.did(run, stats)
	p.wasted(stats)
	p.recommended(pl)
	p.compared(pl)
	p.section("why")
	for _, f := range pl.Reasons {
		p.figure(f)
	}
	p.rejected(pl)
	p.section("taken for granted")
	for _, a := range pl.Assumptions {
		p.row("·", clean(a, 400))
	}
	p.printf("\n%s\n", p.paint(dim, "fingerprint "+pl.Fingerprint))
	return p.err
}

func (p *printer) recommended(pl *plan.Plan) {
	p.section("recommended: " + pl.Objective)
	p.row("executor", fmt.Sprintf("%s, %s heap + %s overhead", wording.Count(max(1, pl.Shape.Cores), "core"), pl.Pod.Heap, pl.Pod.Overhead), bold)
	p.row("pod", fmt.Sprintf("%s cpu, %s", pl.Pod.CPU, pl.Pod.Memory))
	p.row("policy", policy(pl.Policy), bold)
}

func policy(a allocation.Policy) string {
	if !a.Dynamic {
		return wording.Count(a.InitialTarget(), "executor") + " from start to end"
	}
	text := fmt.Sprintf("dynamic allocation %d…%s, initial %d, idle %s", a.Min, allocation.FormatCount(a.Max), a.InitialTarget(), units.FormatTime(a.Idle))
	if a.TracksShuffle() {
		text += ", shuffle tracking timeout " + forever(a)
	}
	return text
}

func forever(a allocation.Policy) string {
	if a.ShuffleTimeout == units.Forever {
		return "never"
	}
	return units.FormatTime(a.ShuffleTimeout)
}

func (p *printer) compared(pl *plan.Plan) {
	half := min(27, (p.width-labelWidth-3)/2)
	p.printf("\n  %s%s\n", strings.Repeat(" ", labelWidth), p.paint(dim, padded("now ("+pl.Now.Basis+")", half+1)+"then (replayed)"))
	column := func(label, now, then string) {
		left, right := wrap(now, half), wrap(then, half)
		for i := range max(len(left), len(right)) {
			p.printf("  %s%s%s\n", p.paint(cyan, label)+strings.Repeat(" ", labelWidth-len(label)), padded(at(left, i), half+1), p.paint(bold, at(right, i)))
			label = ""
		}
	}
	column("time", pl.Now.Wall.String(), pl.Then.Wall.String())
	column("cost", pl.Now.Cost.String(), pl.Then.Cost.String())
	column("executors", executors(pl.Now), executors(pl.Then))
	column("core-hours", hours(pl.Now), hours(pl.Then))
	column("utilisation", percent(pl.Now.Utilisation), percent(pl.Then.Utilisation))
	p.row("then", pl.Saves.String(), green)
	p.row("bound", pl.Then.Bound)
	p.row("verdict", fmt.Sprintf("%s; a replay of the run as it was misses it by %+.1f %%", pl.Then.Verdict, 100*pl.SelfError), bold)
	for _, c := range pl.Then.Caveats {
		p.note(c)
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

func executors(x plan.Prediction) string {
	return fmt.Sprintf("peak %d, %.1f on average", x.PeakExecutors, x.AverageExecutors)
}

func hours(x plan.Prediction) string {
	return fmt.Sprintf("%.3g, %.3g wasted", x.CoreHours, x.WastedCoreHours)
}

// shown is how many rejected candidates are listed.
const shown = 10

func (p *printer) rejected(pl *plan.Plan) {
	others, room := pl.Candidates[1:], min(62, p.width-24)
	p.section(fmt.Sprintf("rejected: %d of %d replayed settings", len(others), len(pl.Candidates)))
	for i, c := range others {
		if i == shown {
			p.note(fmt.Sprintf("and %d more in the JSON form", len(others)-shown))
			return
		}
		mark := " "
		if c.Frontier {
			mark = "*"
		}
		lines := wrap(c.String(), room)
		p.printf("  %s %s%9s  %-8.3g\n", mark, padded(lines[0], room+1), clock(c.Prediction.Wall.P50), c.Prediction.Cost.P50)
		for _, line := range lines[1:] {
			p.printf("    %s\n", line)
		}
		p.note(c.Why)
	}
}
