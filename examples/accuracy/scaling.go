package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
)

// scale is one run predicted from one of the same workload and data on another number of hosts.
type scale struct {
	Kind      string `json:"kind"`
	Workload  string `json:"workload"`
	From      string `json:"from"`
	To        string `json:"to"`
	FromHosts int    `json:"from_hosts"`
	ToHosts   int    `json:"to_hosts"`
	Predicted int64  `json:"predicted_ms"`
	Actual    int64  `json:"actual_ms"`
	// Baseline is the time of the one run times its hosts over the other's.
	Baseline      int64   `json:"baseline_ms"`
	Error         float64 `json:"error"`
	BaselineError float64 `json:"baseline_error"`
}

// String writes the prediction as a line.
func (s scale) String() string {
	return fmt.Sprintf("%-7s %-20s %2d → %2d hosts %8d ms, really %8d  %+6.1f %%  baseline %8d  %+6.1f %%  %s → %s",
		s.Kind, s.Workload, s.FromHosts, s.ToHosts, s.Predicted, s.Actual, 100*s.Error, s.Baseline, 100*s.BaselineError, s.From, s.To)
}

func newScale(from, to *scaleRun) scale {
	s := scale{
		Kind: "scaling", Workload: from.workload, From: from.Path, To: to.Path, FromHosts: from.Hosts, ToHosts: to.Hosts,
		Predicted: from.on(to.Hosts), Actual: to.Duration, Baseline: from.Duration * int64(from.Hosts) / int64(to.Hosts),
	}
	s.Error, s.BaselineError = relative(s.Predicted, s.Actual), relative(s.Baseline, s.Actual)
	return s
}

// scaleRun is a measured run of which the stages' times are known and no tasks.
type scaleRun struct {
	Path     string     `json:"path"`
	Hosts    int        `json:"hosts"`
	Start    int64      `json:"start"`
	Duration int64      `json:"duration_ms"`
	Stages   []stageRow `json:"stages"`
	workload string
}

type stageRow struct {
	tasks                int
	submitted, completed int64 // 0 where they are not known
}

// UnmarshalJSON reads id, tasks, submitted, completed and parents.
func (s *stageRow) UnmarshalJSON(text []byte) error {
	var id, parents any
	return json.Unmarshal(text, &[]any{&id, &s.tasks, &s.submitted, &s.completed, &parents})
}

// on predicts the run on so many hosts. What the hosts cannot share stays as it is: the time in which no stage is active, and
// that in which every active stage has no more tasks than the fewer hosts, so that they all ran at once and will. The rest is
// work that is spread evenly: how many slots a host has is not known, so that no last wave can be told from a full one.
func (r *scaleRun) on(hosts int) int64 {
	shared := r.shared(min(hosts, r.Hosts))
	return r.Duration - shared + shared*int64(r.Hosts)/int64(hosts)
}

// shared is the time in which a stage of more than so many tasks is active.
func (r *scaleRun) shared(tasks int) (time int64) {
	rows := slices.Clone(r.Stages)
	slices.SortFunc(rows, func(a, b stageRow) int { return cmp.Compare(a.submitted, b.submitted) })
	until := r.Start
	for _, s := range rows {
		if s.tasks > tasks && s.submitted > 0 && s.completed > until {
			time += s.completed - max(until, s.submitted)
			until = s.completed
		}
	}
	return time
}

// scalingTables predicts each run of a group from each other one on another number of hosts, and says by how much those on
// the same number differ.
func scalingTables(o options, w *writer, errs io.Writer) error {
	folder := o.scaling
	if folder == "" {
		folder = filepath.Join(filepath.Dir(filepath.Clean(o.folder)), "thirdparty", "scaling")
	}
	groups, err := loadScaling(folder)
	if o.scaling == "" && errors.Is(err, fs.ErrNotExist) {
		_, _ = fmt.Fprintf(errs, "accuracy: SKIPPED the scaling table: no %s; -scaling names another folder\n", filepath.Join(folder, "matched.json"))
		return nil
	}
	if err != nil {
		return err
	}
	if list := scales(groups); len(list) > 0 {
		table(w, list, summarizeScales(list))
	}
	if list := sameHosts(groups); len(list) > 0 {
		table(w, list, newSummary("scaling-noise", spreads(list)))
	}
	return nil
}

// loadScaling reads matched.json and the files of the workloads that it names.
func loadScaling(folder string) (groups [][]*scaleRun, err error) {
	var matched struct {
		Groups []struct {
			Workload string                  `json:"workload"`
			Runs     []struct{ Path string } `json:"runs"`
		} `json:"groups"`
	}
	if err := readJSON(filepath.Join(folder, "matched.json"), &matched); err != nil {
		return nil, err
	}
	known := map[string]map[string]*scaleRun{} // by workload and path
	for _, g := range matched.Groups {
		if known[g.Workload] == nil {
			if known[g.Workload], err = loadWorkload(folder, g.Workload); err != nil {
				return nil, err
			}
		}
		var group []*scaleRun
		for _, named := range g.Runs {
			r := known[g.Workload][named.Path]
			if r == nil || r.Hosts < 1 || r.Duration < 1 {
				return nil, fmt.Errorf("%s: no run %q with its hosts and time", g.Workload, named.Path)
			}
			group = append(group, r)
		}
		groups = append(groups, group)
	}
	return groups, nil
}

func loadWorkload(folder, name string) (map[string]*scaleRun, error) {
	var file struct{ Runs []*scaleRun }
	if err := readJSON(filepath.Join(folder, name+".json"), &file); err != nil {
		return nil, err
	}
	runs := map[string]*scaleRun{}
	for _, r := range file.Runs {
		r.workload = name
		runs[r.Path] = r
	}
	return runs, nil
}

func scales(groups [][]*scaleRun) (list []scale) {
	for _, group := range groups {
		for _, from := range group {
			for _, to := range group {
				if from.Hosts != to.Hosts {
					list = append(list, newScale(from, to))
				}
			}
		}
	}
	return list
}

// sameHosts puts the runs of a group together that had as many hosts.
func sameHosts(groups [][]*scaleRun) (list []repeat) {
	for _, group := range groups {
		byHosts := map[int][]*scaleRun{}
		for _, r := range group {
			byHosts[r.Hosts] = append(byHosts[r.Hosts], r)
		}
		for _, r := range group {
			if same := byHosts[r.Hosts]; len(same) > 1 && same[0] == r {
				list = append(list, repeated(same))
			}
		}
	}
	return list
}

func repeated(same []*scaleRun) repeat {
	var names []string
	var times []int64
	for _, r := range same {
		names, times = append(names, r.Path), append(times, r.Duration)
	}
	return newRepeat("scaling-noise", fmt.Sprintf("%s on %d hosts", same[0].workload, same[0].Hosts), names, times)
}

func summarizeScales(list []scale) summary {
	var errs, simple []float64
	for _, s := range list {
		errs, simple = append(errs, s.Error), append(simple, s.BaselineError)
	}
	s, baseline := newSummary("scaling", errs), newScore(simple)
	s.Baseline = &baseline
	if s.Median >= baseline.Median {
		s.Note = "not better than the baseline: stage times alone do not tell what keeps these runs from scaling with their hosts"
	}
	return s
}
