package observe

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/workload"
)

// snapshot puts together what belongs to one application.
func (s *sources) snapshot(o options) (*diagnose.Snapshot, error) {
	who, err := s.pick(o)
	if err != nil {
		return nil, err
	}
	out := &diagnose.Snapshot{
		App:   diagnose.App{Name: who.name, Namespace: who.namespace, ID: who.id},
		Nodes: s.nodes, Quotas: s.quotas, Priorities: s.priorities,
	}
	var app *sparkapp.App
	if who.app != nil {
		app = s.application(out, who)
	}
	s.takePods(out, who)
	s.takeSets(out)
	s.takeEvents(out)
	s.takeLogs(out)
	if out.Live = s.answers.live(); out.Live != nil {
		s.known[diagnose.PartLive] = true
	}
	profile := s.takeRuns(out)
	s.takeConf(out, who, app, profile)
	out.Version = version(out, app, profile)
	out.Notes = append(out.Notes, s.notes...)
	s.gaps(out)
	out.Taken = taken(out)
	return out, nil
}

// application fills in the SparkApplication, and returns it as sparkapp reads it, nil where that does not.
func (s *sources) application(out *diagnose.Snapshot, who identity) *sparkapp.App {
	a := who.app.app
	out.App = diagnose.App{
		Name: a.Name, Namespace: a.Namespace, ID: a.Status.SparkApplicationID,
		State: string(a.Status.AppState.State), Message: wording.Line(a.Status.AppState.ErrorMessage, maxText),
		Created: instant(a.CreationTimestamp), Submitted: instant(a.Status.LastSubmissionAttemptTime), Ended: instant(a.Status.TerminationTime),
		Place: who.app.at("metadata", "name"),
	}
	if len(a.Status.ExecutorState) > 0 {
		out.App.Executors = map[string]string{}
		for name, state := range a.Status.ExecutorState {
			out.App.Executors[name] = string(state)
		}
	}
	s.known[diagnose.PartApplication] = true
	app, err := sparkapp.From(a)
	if err != nil {
		out.Notes = append(out.Notes, wording.Line(fmt.Sprintf("the manifest of %s cannot be used: %v", a.Name, err), maxText))
		return nil
	}
	out.App.Manifest = string(app.YAML())
	return app
}

// takePods fills in the driver, the youngest one, and the executors of the same submission.
func (s *sources) takePods(out *diagnose.Snapshot, who identity) {
	var driver *podSource
	var others []*corev1.Pod
	var executors []podSource
	for i, p := range s.pods {
		switch {
		case !who.owns(p.pod):
			others = append(others, p.pod)
		case isDriver(p.pod):
			if driver == nil || !p.pod.CreationTimestamp.Before(&driver.pod.CreationTimestamp) {
				driver = &s.pods[i]
			}
		default:
			executors = append(executors, p)
		}
	}
	if driver != nil {
		pod := podOf(driver.pod, driver.at)
		out.Driver = &pod
		if out.App.ID == "" {
			out.App.ID = appOf(driver.pod)
		}
	}
	for _, p := range executors {
		if id := appOf(p.pod); id == "" || out.App.ID == "" || id == out.App.ID {
			out.Executors = append(out.Executors, podOf(p.pod, p.at))
		}
	}
	slices.SortStableFunc(out.Executors, func(a, b diagnose.Pod) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), byID(a.ExecutorID, b.ExecutorID), cmp.Compare(a.Name, b.Name))
	})
	out.Others = usage(others)
}

// takeSets fills in the StatefulSets of the driver, and what scales them or the application itself.
func (s *sources) takeSets(out *diagnose.Snapshot) {
	prefix := "spark-s-" + out.App.ID + "-"
	for _, set := range s.sets {
		if out.App.ID != "" && strings.HasPrefix(set.set.Name, prefix) || out.Driver != nil && set.driver == out.Driver.Name {
			out.Sets = append(out.Sets, set.set)
		}
	}
	for _, scaler := range s.scalers {
		ours := scaler.TargetKind == "SparkApplication" && scaler.TargetName == out.App.Name ||
			out.App.ID != "" && strings.HasPrefix(scaler.TargetName, prefix) ||
			slices.ContainsFunc(out.Sets, func(set diagnose.Set) bool { return set.Name == scaler.TargetName })
		if ours {
			out.Scalers = append(out.Scalers, scaler)
		}
	}
}

// takeEvents fills in the events of the application's objects, of this submission and not of an earlier one of the same name.
func (s *sources) takeEvents(out *diagnose.Snapshot) {
	names, uids := map[string]bool{}, map[string]bool{}
	pods := slices.Clone(out.Executors)
	if out.Driver != nil {
		pods = append(pods, *out.Driver)
	}
	for _, p := range pods {
		names["Pod/"+p.Name], uids[p.UID] = true, p.UID != ""
	}
	names["SparkApplication/"+out.App.Name] = true
	for _, set := range out.Sets {
		names["StatefulSet/"+set.Name] = true
	}
	for _, scaler := range out.Scalers {
		names[scaler.Kind+"/"+scaler.Name] = true
	}
	for _, e := range s.events {
		old := out.App.Created.Known() && e.Last < out.App.Created
		switch {
		case uids[e.UID]:
		case old, e.Kind == "Pod" && e.UID != "" && names["Pod/"+e.Name] && len(pods) > 0 && !s.sameName(e, pods):
			continue
		case !names[e.Kind+"/"+e.Name] && !related(e, out):
			continue
		}
		out.Events = append(out.Events, e)
	}
	slices.SortStableFunc(out.Events, func(a, b diagnose.Event) int { return cmp.Compare(a.Last, b.Last) })
}

// sameName says that a pod of the event's name lives on under another uid, as the ordinals of a StatefulSet do.
func (s *sources) sameName(e diagnose.Event, pods []diagnose.Pod) bool {
	return slices.ContainsFunc(pods, func(p diagnose.Pod) bool { return p.Name == e.Name && strings.HasPrefix(p.Owner, "StatefulSet/") })
}

// related tells events of pods that are gone: of the same executors by their prefix, or of the driver.
func related(e diagnose.Event, out *diagnose.Snapshot) bool {
	if e.Kind != "Pod" {
		return false
	}
	if out.Driver == nil && out.App.Name != "" && strings.HasPrefix(e.Name, out.App.Name+"-driver") {
		return true
	}
	if out.App.ID != "" && strings.HasPrefix(e.Name, "spark-s-"+out.App.ID+"-") {
		return true
	}
	prefix, _, isExecutor := strings.Cut(e.Name, "-exec-")
	if !isExecutor {
		return false
	}
	if len(out.Executors) == 0 {
		return out.App.Executors[e.Name] != "" || out.App.Name == ""
	}
	return slices.ContainsFunc(out.Executors, func(p diagnose.Pod) bool { return strings.HasPrefix(p.Name, prefix+"-exec-") })
}

// takeLogs fills in the facts of the driver's log, the longest of several, and of the executors' logs.
func (s *sources) takeLogs(out *diagnose.Snapshot) {
	var driver *logFile
	for _, l := range s.logs {
		out.Notes = append(out.Notes, l.notes...)
		if l.isDriver() && l.better(driver, out.App.ID) {
			driver = l
		}
	}
	if driver != nil {
		s.known[diagnose.PartDriverLog] = true
		out.Log = append(out.Log, driver.facts...)
		out.Taken = max(out.Taken, driver.last)
	}
	for _, l := range s.logs {
		if !l.isExecutor() {
			continue
		}
		s.known[diagnose.PartExecutorLogs] = true
		for _, f := range l.facts {
			f.Pod = "executor " + cmp.Or(l.id, "of "+l.source)
			out.Log = append(out.Log, f)
		}
	}
}

// takeRuns fills in the digest of the application's run, and of earlier ones of its name. It returns the run's profile.
func (s *sources) takeRuns(out *diagnose.Snapshot) *workload.Profile {
	kept, _ := workload.LatestAttempts(s.profiles)
	slices.SortStableFunc(kept, func(a, b *workload.Profile) int { return cmp.Compare(a.Since(), b.Since()) })
	run := -1
	for i, p := range kept {
		if out.App.ID == "" || p.App.ID == out.App.ID || p.App.ID == "" {
			run = i
		}
	}
	if run < 0 {
		return nil
	}
	s.known[diagnose.PartRun] = true
	out.Run = diagnose.DigestOf(kept[run])
	if out.App.ID == "" {
		out.App.ID = kept[run].App.ID
	}
	for i, p := range kept {
		if i != run && p.App.Name == kept[run].App.Name && p.Since() < kept[run].Since() {
			s.known[diagnose.PartEarlier] = true
			out.Earlier = append(out.Earlier, *diagnose.DigestOf(p))
		}
	}
	return kept[run]
}

// takeConf fills in the configuration: what the driver says, else what the event log says, else what the manifest comes to.
func (s *sources) takeConf(out *diagnose.Snapshot, who identity, app *sparkapp.App, p *workload.Profile) {
	switch {
	case len(s.answers.environment) > 0:
		out.Conf = slices.Clone(s.answers.environment)
	case p != nil && p.Conf.Len() > 0:
		for _, key := range p.Conf.Keys() {
			value, _ := p.Conf.Lookup(key)
			out.Conf = append(out.Conf, diagnose.Property{Key: key, Value: value, Place: diagnose.Place{Source: p.Coverage.Source, Path: "EnvironmentUpdate " + key}})
		}
	case app != nil:
		for _, key := range app.Conf().Keys() {
			value, _ := app.Conf().Lookup(key)
			out.Conf = append(out.Conf, diagnose.Property{Key: key, Value: value})
		}
	}
	s.known[diagnose.PartConf] = len(out.Conf) > 0
	slices.SortStableFunc(out.Conf, func(a, b diagnose.Property) int { return cmp.Compare(a.Key, b.Key) })
	for i := range out.Conf {
		c := &out.Conf[i]
		c.Key, c.Value = wording.Line(c.Key, 500), wording.Line(c.Value, maxText)
		if app == nil {
			continue
		}
		if value, ok := app.Conf().Lookup(c.Key); ok && value == c.Value {
			c.Place = who.app.at(steps(app.Locate(c.Key).String())...)
		}
	}
}

// version is Spark's, as the best source states it.
func version(out *diagnose.Snapshot, app *sparkapp.App, p *workload.Profile) string {
	if p != nil && p.LoggedVersion != "" {
		return wording.Line(p.LoggedVersion, 40)
	}
	for _, f := range out.Log {
		if f.Kind == diagnose.LogVersion {
			return f.Fields["version"]
		}
	}
	if app != nil && app.Version().Known() {
		return app.Version().String()
	}
	return ""
}

// gaps lists what is unknown.
func (s *sources) gaps(out *diagnose.Snapshot) {
	for _, part := range diagnose.Parts() {
		if !s.known[part] {
			out.Gaps = append(out.Gaps, diagnose.Gap{Part: part, Why: cmp.Or(s.why[part], "not found")})
		}
	}
}

// taken is the latest moment that any source tells of.
func taken(out *diagnose.Snapshot) workload.Instant {
	last := max(out.Taken, out.App.Ended)
	for _, e := range out.Events {
		last = max(last, e.Last)
	}
	for _, p := range out.Executors {
		last = max(last, p.Created, p.Deleted)
		for _, c := range p.Containers {
			last = max(last, c.Finished)
		}
	}
	if out.Run != nil {
		last = max(last, out.Run.End)
	}
	return last
}
