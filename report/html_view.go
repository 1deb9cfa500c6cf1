package report

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// view is what the template shows: texts that are ready, and plots.
type view struct {
	Name, ID, About string
	Tiles           []tile
	Plan            *planView
	Plots           []plotView
	Facts, Needs    []fact
	Figures         []figureView
	Stages          stageTable
	Notes           []string
}

// tile is a number that is to be seen first.
type tile struct {
	Label, Value string
	More         []string
}

// figureView is a number with its working.
type figureView struct{ Name, Value, Rule, Basis string }

// plotView is a plot in the two sizes that a page has, with what explains it.
type plotView struct {
	ID, Title, Text string
	Legend          []key
	Wide, Narrow    template.HTML
	// Missing says why there is no plot.
	Missing string
	// Stages puts the table of stages under the plot.
	Stages bool
}

// key explains a mark of a plot: Mark is the class of its swatch.
type key struct{ Mark, Text string }

// planView is what only a plan has.
type planView struct {
	Objective, Shape, Pod, Policy, Saves   string
	Verdict, VerdictText, Now, Fingerprint string
	Caveats, Assumptions                   []string
	Rows                                   []compared
	Rejected                               []rejected
	// NowBound and ThenBound say what the time goes to.
	NowBound, ThenBound string
	Replayed, Frontier  int
}

type compared struct{ Label, Now, NowRange, Then, ThenRange string }

type rejected struct {
	Setting, Time, Cost, Why string
	Frontier                 bool
}

func newView(p Page) (*view, error) {
	stats := p.Run.Stats()
	v := &view{Name: clean(p.Run.App.Name, 120), ID: clean(p.Run.App.ID, 80), About: about(p.Run), Facts: facts(p.Run, stats)}
	if v.Name == "" {
		v.Name = "unnamed application"
	}
	if p.Plan != nil {
		v.Plan, v.Tiles, v.Figures = newPlanView(p.Plan), planTiles(p.Plan), figureViews(p.Plan.Reasons)
	} else {
		v.Tiles = runTiles(p.Run, stats)
		for _, n := range needs(p.Run, stats) {
			v.Needs, v.Figures = append(v.Needs, fact{n.Label, clean(n.Value, 400)}), append(v.Figures, figureViews(n.figures)...)
		}
		v.Notes = cleaned(p.Run.Coverage.Notes)
	}
	v.Stages = newStageTable(p)
	for _, draw := range []func(Page, workload.Stats) (plotView, error){timelinePlot, frontierPlot, stagePlot, heatPlot, memoryPlot} {
		plot, err := draw(p, stats)
		if err != nil {
			return nil, fmt.Errorf("report: %s: %w", plot.ID, err)
		}
		if plot.ID != "" {
			v.Plots = append(v.Plots, plot)
		}
	}
	return v, nil
}

func about(run *workload.Profile) string {
	return fmt.Sprintf("Spark %s · started %s · ran %s · read from %s (%s)", run.Conf.Version(), run.Since(), clock(run.Wall()),
		clean(run.Coverage.Source, 80), units.Bytes(run.Coverage.Bytes))
}

func runTiles(run *workload.Profile, s workload.Stats) []tile {
	return []tile{
		{"Time", clock(s.Wall), []string{percent(s.DriverShare()) + " the driver alone"}},
		{"Executors at most", fmt.Sprint(s.PeakExecutors), []string{fmt.Sprintf("%.1f on average", s.AverageExecutors)}},
		{"Utilisation", percent(s.Utilisation()), []string{fmt.Sprintf("of %s core time", clock(s.CoreTime))}},
		{"Core-hours wasted", fmt.Sprintf("%.3g", s.IdleTime().Hours()), []string{fmt.Sprintf("of %.3g paid", s.CoreTime.Hours())}},
		{"Tasks", fmt.Sprint(run.Tasks.Len()), []string{fmt.Sprintf("in %s of %s", wording.Count(len(run.Stages), "stage"), wording.Count(len(run.Jobs), "job"))}},
	}
}

func planTiles(pl *plan.Plan) []tile {
	now, then := pl.Now, pl.Then
	time, timeRange := value(then.Wall.String())
	cost, costRange := value(then.Cost.String())
	more := func(interval string, now fmt.Stringer) []string {
		was, _ := value(now.String())
		return slices.DeleteFunc([]string{interval, "now " + was}, func(s string) bool { return s == "" })
	}
	return []tile{
		{"Time", time, more(timeRange, now.Wall)},
		{"Cost", cost, more(costRange, now.Cost)},
		{"Executors at most", fmt.Sprint(then.PeakExecutors), []string{fmt.Sprintf("now %d", now.PeakExecutors)}},
		{"Utilisation", percent(then.Utilisation), []string{"now " + percent(now.Utilisation)}},
		{"Core-hours wasted", fmt.Sprintf("%.3g", then.WastedCoreHours), []string{fmt.Sprintf("now %.3g", now.WastedCoreHours)}},
	}
}

// value divides "24m10s [23m5s, 25m40s]" into the value and its interval, "23m5s to 25m40s".
func value(text string) (at, interval string) {
	at, interval, _ = strings.Cut(strings.TrimSuffix(text, "]"), " [")
	return at, strings.Replace(interval, ", ", " to ", 1)
}

func newPlanView(pl *plan.Plan) *planView {
	v := &planView{
		Objective: pl.Objective, Policy: policy(pl.Policy), Saves: pl.Saves.String(), Fingerprint: clean(pl.Fingerprint, 80),
		Shape:   fmt.Sprintf("%s, %s heap, %s overhead", wording.Count(max(1, pl.Shape.Cores), "core"), pl.Pod.Heap, pl.Pod.Overhead),
		Pod:     fmt.Sprintf("%s cpu, %s memory", pl.Pod.CPU, pl.Pod.Memory),
		Verdict: verdictClass(pl.Then.Verdict), VerdictText: verdictText(pl.Then.Verdict), Now: pl.Now.Basis,
		Caveats: cleaned(pl.Then.Caveats), Assumptions: cleaned(pl.Assumptions), Replayed: len(pl.Candidates),
		Rows: comparison(pl), NowBound: bound(pl.Now.Bound), ThenBound: bound(pl.Then.Bound),
	}
	for _, c := range pl.Candidates[1:] {
		v.Rejected = append(v.Rejected, rejected{c.String(), clock(c.Prediction.Wall.P50), fmt.Sprintf("%.3g", c.Prediction.Cost.P50), clean(c.Why, 400), c.Frontier})
		if c.Frontier {
			v.Frontier++
		}
	}
	return v
}

func comparison(pl *plan.Plan) []compared {
	row := func(label string, of func(plan.Prediction) string) compared {
		now, nowRange := value(of(pl.Now))
		then, thenRange := value(of(pl.Then))
		return compared{label, now, nowRange, then, thenRange}
	}
	return []compared{
		row("Time", func(p plan.Prediction) string { return p.Wall.String() }),
		row("Cost", func(p plan.Prediction) string { return p.Cost.String() }),
		row("Executors at most", func(p plan.Prediction) string { return fmt.Sprint(p.PeakExecutors) }),
		row("Executors on average", func(p plan.Prediction) string { return fmt.Sprintf("%.1f", p.AverageExecutors) }),
		row("Core-hours paid", func(p plan.Prediction) string { return fmt.Sprintf("%.3g", p.CoreHours) }),
		row("Core-hours wasted", func(p plan.Prediction) string { return fmt.Sprintf("%.3g", p.WastedCoreHours) }),
		row("Utilisation", func(p plan.Prediction) string { return percent(p.Utilisation) }),
	}
}

// bound shortens "bound by capacity: 4m10s; tail 31s" for a cell.
func bound(text string) string {
	return strings.Replace(strings.TrimPrefix(text, "bound by "), ": ", " ", 1)
}

func verdictClass(v replay.Verdict) string {
	switch v {
	case replay.Trusted:
		return "good"
	case replay.DoNotTrust:
		return "bad"
	}
	return "caution"
}

func verdictText(v replay.Verdict) string {
	switch v {
	case replay.DoNotTrust:
		return "Do not trust"
	case "":
		return "Not judged"
	}
	return clean(string(v), 20)
}

func figureViews(list []workload.Figure) []figureView {
	views := make([]figureView, 0, len(list))
	for _, f := range list {
		views = append(views, figureView{clean(f.Name(), 80), clean(f.Value(), 80), clean(f.Rule(), 2000), clean(f.Basis().String(), 200)})
	}
	return views
}

func cleaned(list []string) []string {
	texts := make([]string, 0, len(list))
	for _, text := range list {
		texts = append(texts, clean(text, 400))
	}
	return texts
}

// fitted cuts a text to at most n columns.
func fitted(text string, n int) string {
	if columns(text) <= n {
		return text
	}
	var b strings.Builder
	room := n - 1
	for _, r := range text {
		if room -= columnsOf(r); room < 0 {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ") + "…"
}
