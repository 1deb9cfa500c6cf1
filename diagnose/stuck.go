package diagnose

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sparkscale/sparkscale/internal/wording"
)

// stuckPod is a pod that the scheduler cannot place, with what it says.
type stuckPod struct {
	name    string
	driver  bool
	pod     *Pod // nil where only events tell of it
	message string
	reasons []refusal
	proof   []Evidence
}

// refusal is what the scheduler has against some nodes.
type refusal struct {
	nodes int
	why   string
}

// refused matches "1 Insufficient cpu" and "2 node(s) had untolerated taint {a: b}" in a message of the scheduler
// (k8s.io/kubernetes/pkg/scheduler/framework.FitError).
var refused = regexp.MustCompile(`(\d{1,6}) ((?:Insufficient|Too many|node\(s\)) ?[^,.]{0,200})`)

// refusals reads a message of the scheduler; what it says of preemption is left out.
func refusals(message string) []refusal {
	head, _, _ := strings.Cut(message, "preemption:")
	var list []refusal
	for _, m := range refused.FindAllStringSubmatch(wording.Line(head, 4000), 50) {
		n, err := strconv.Atoi(m[1])
		if err == nil {
			list = append(list, refusal{n, strings.TrimSpace(m[2])})
		}
	}
	return list
}

// stuckPods are the pods that are pending and unschedulable, and those that are gone and of which events say that they never
// were scheduled. A pod that was scheduled later is none, nor is one of an application that has ended well.
func (v *view) stuckPods() []stuckPod {
	if v.App.State == "COMPLETED" {
		return nil
	}
	var list []stuckPod
	pods := slices.Clone(v.Executors)
	if v.Driver != nil {
		pods = append(pods, *v.Driver)
	}
	known := map[string]bool{}
	for i := range pods {
		p := &pods[i]
		known[p.Name] = true
		if s, ok := v.stuckPod(p); ok {
			s.driver = v.Driver != nil && p.Name == v.Driver.Name
			list = append(list, s)
		}
	}
	for _, e := range v.unscheduled() {
		if !known[e.Name] {
			known[e.Name] = true
			list = append(list, stuckPod{
				name: e.Name, driver: strings.HasSuffix(e.Name, "-driver"), message: e.Message,
				reasons: refusals(e.Message), proof: []Evidence{ofEvent(e)},
			})
		}
	}
	return list
}

func (v *view) stuckPod(p *Pod) (stuckPod, bool) {
	if p.Phase != "Pending" || p.Node != "" {
		return stuckPod{}, false
	}
	s := stuckPod{name: p.Name, pod: p, message: p.Unschedulable}
	if p.Unschedulable != "" {
		s.proof = append(s.proof, seen(p.UnschedulableAt, "%s", p.Unschedulable))
	}
	for _, e := range v.unscheduled() {
		if e.Name == p.Name {
			s.proof = append(s.proof, ofEvent(e))
			s.message = e.Message
			break
		}
	}
	if age, ok := v.age(p.Created); s.message == "" || ok && age < v.o.Pending {
		return stuckPod{}, false
	}
	s.reasons = refusals(s.message)
	return s, true
}

// unscheduled are the last FailedScheduling of each pod that was not scheduled after it.
func (v *view) unscheduled() []Event {
	var last []Event
	for _, e := range v.events("FailedScheduling") {
		later := slices.ContainsFunc(v.events("Scheduled"), func(s Event) bool { return s.Name == e.Name && s.Last >= e.Last })
		i := slices.IndexFunc(last, func(l Event) bool { return l.Name == e.Name })
		switch {
		case later:
		case i < 0:
			last = append(last, e)
		case e.Last >= last[i].Last:
			last[i] = e
		}
	}
	return last
}

func ofEvent(e Event) Evidence {
	at := e.Place
	if at.Path == "" {
		at.Path = e.Kind + "/" + e.Name
	}
	return seen(at, "event %s: %s", e.Reason, e.Message)
}

// because gives the stuck pods whose main obstacle, by the number of nodes, matches.
func (v *view) because(matches func(why string) bool) []stuckPod {
	var list []stuckPod
	for _, s := range v.stuck {
		most := 0
		for _, r := range s.reasons {
			most = max(most, r.nodes)
		}
		if slices.ContainsFunc(s.reasons, func(r refusal) bool { return r.nodes == most && matches(r.why) }) {
			list = append(list, s)
		}
	}
	return list
}

// stuckFinding tells of pods that cannot be placed, with the evidence of the first ones.
func stuckFinding(pods []stuckPod, why string, fixes ...Fix) []Finding {
	if len(pods) == 0 {
		return nil
	}
	f := Finding{
		Severity: Error, Subject: "executors",
		Message: fmt.Sprintf("%s cannot be scheduled: %s", podNames(pods), why), Fixes: fixes,
	}
	if pods[0].driver {
		f.Subject = "driver"
	}
	for _, p := range first(pods, 3) {
		f.Evidence = append(f.Evidence, p.proof...)
	}
	return []Finding{f}
}

func podNames(pods []stuckPod) string {
	names := make([]string, len(pods))
	for i, p := range pods {
		names[i] = p.name
	}
	return wording.Count(len(pods), "pod") + " (" + some(names, 3) + ")"
}

// some writes at most n of the names, and how many there are besides.
func some(names []string, n int) string {
	text := strings.Join(first(names, n), ", ")
	if rest := len(names) - n; rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text
}

func contains(parts ...string) func(string) bool {
	return func(why string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(strings.ToLower(why), p) })
	}
}
