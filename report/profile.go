package report

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Profile writes what a run did, and what its executors should be. The error is the writer's.
func Profile(w io.Writer, run *workload.Profile, o Options) error {
	if run == nil {
		return errors.New("report: there is no run to write of")
	}
	p := newPrinter(w, o)
	p.heading(run)
	stats := run.Stats()
	p.did(run, stats)
	p.wasted(stats)
	p.needs(run, stats)
	p.coverage(run)
	return p.err
}

func (p *printer) heading(run *workload.Profile) {
	name := clean(run.App.Name, 60)
	if name == "" {
		name = "unnamed application"
	}
	between := "  "
	if id := clean(run.App.ID, 60); columns(name)+2+columns(id) > p.width {
		between = "\n"
	}
	p.printf("%s%s%s\n", p.paint(bold, name), between, clean(run.App.ID, 60))
	for _, line := range wrap(fmt.Sprintf("Spark %s, %s, %s; read %s (%s)", run.Conf.Version(), run.Since(), clock(run.Wall()),
		clean(run.Coverage.Source, 80), units.Bytes(run.Coverage.Bytes)), p.width) {
		p.printf("%s\n", p.paint(dim, line))
	}
}

func (p *printer) did(run *workload.Profile, s workload.Stats) {
	p.section("what it did")
	for i, f := range facts(run, s) {
		p.row(f.Label, f.Value)
		if i == 0 {
			p.course(run)
		}
	}
}

// course draws the run over time.
func (p *printer) course(run *workload.Profile) {
	levels, columns := run.Timeline(), p.width-labelWidth-4
	for _, line := range []struct {
		label string
		value func(workload.Level) int
	}{
		{"· executors", func(l workload.Level) int { return l.Executors }},
		{"· running", func(l workload.Level) int { return l.Running }},
		{"· pending", func(l workload.Level) int { return l.Pending }},
	} {
		if picture := sparkline(levels, run.Until(), columns, line.value); picture != "" {
			p.printf("  %-*s%s\n", labelWidth, line.label, p.paint(green, picture))
		}
	}
}

func (p *printer) wasted(s workload.Stats) {
	p.section("what is wasted")
	if s.CoreTime <= 0 {
		p.row("cores", "nothing was paid: no executor was seen")
		return
	}
	p.row("cores", fmt.Sprintf("%s of core time without a task (%s): %.2f core-hours", clock(s.IdleTime()), percent(1-s.Utilisation()), s.IdleTime().Hours()))
}

func (p *printer) needs(run *workload.Profile, s workload.Stats) {
	p.section("what it needs")
	for _, n := range needs(run, s) {
		p.row(n.Label, n.Value)
		for _, f := range n.figures {
			p.figure(f)
		}
	}
}

// figure writes a number, and its working under it.
func (p *printer) figure(f workload.Figure) {
	between, name, value := "  ", clean(f.Name(), 80), clean(f.Value(), 80)
	if columns(name)+columns(value)+4 > p.width {
		between = "\n      "
	}
	p.printf("  %s%s%s\n", p.paint(cyan, name), between, p.paint(bold, value))
	p.indented("      ", fmt.Sprintf("%s [%s]", f.Rule(), f.Basis()))
}

func (p *printer) coverage(run *workload.Profile) {
	if len(run.Coverage.Notes) == 0 {
		return
	}
	p.section("what the log does not tell")
	for _, note := range run.Coverage.Notes {
		p.row("·", clean(note, 400))
	}
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// clock writes a time with three significant digits or so.
func clock(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(10 * time.Millisecond).String()
	case d < time.Hour:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
