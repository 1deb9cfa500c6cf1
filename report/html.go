package report

import (
	_ "embed"
	"errors"
	"html/template"
	"io"

	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/workload"
)

// Page is what [HTML] shows.
type Page struct {
	// Run is what ran.
	Run *workload.Profile
	// Plan is what was made of it, nil for a page of the run alone.
	Plan *plan.Plan
	// Was is a replay of the run with its own executors; its critical path is marked. Now and Then are replays of the
	// settings that the plan compares; their timelines stand beside the recorded one. What is nil is left out.
	// plan.Engine.Courses gives all three.
	Was, Now, Then *replay.Result
}

// HTML writes a page for a browser: one file that needs no network and runs no script, for narrow screens, wide ones and
// paper, in light and in dark as the reader's system is. Its plots are elements of SVG. Names out of logs are escaped
// everywhere, and the page forbids the browser to load or to run anything. The same page gives the same bytes. The error is
// the writer's, or says that there is no run.
func HTML(w io.Writer, p Page) error {
	if p.Run == nil || p.Plan != nil && len(p.Plan.Candidates) == 0 {
		return errors.New("report: there is no plan, or no run, to write of")
	}
	v, err := newView(p)
	if err != nil {
		return err
	}
	return page.Execute(w, v)
}

var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	pageStyle string
)

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(pageStyle) },
}).Parse(pageText))
