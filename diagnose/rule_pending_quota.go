package diagnose

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

var exceeded = regexp.MustCompile(`exceeded quota: ([^,\s]{1,253}), requested: (.{1,500}?), used: (.{1,500}?), limited: ([^\n"]{1,500})`)

// overQuota is what a refusal by a quota says.
type overQuota struct {
	quota, requested, used, limited string
	count                           int
	at                              Evidence
}

// The client library in the driver puts "Configured service account does not have access" before every answer 403, also where
// the API server then says that a quota is exceeded. Only what follows is true.
var pendingQuota = Rule{
	Code: "SCALE-UP/PENDING-QUOTA", Title: "a quota of the namespace refuses pods",
	Doc:    "KubernetesClientException in the log of ExecutorPodsAllocator, Spark 3.5.6; admission plugin ResourceQuota, Kubernetes 1.34",
	Either: []Part{PartDriverLog, PartEvents, PartApplication},
	Hides:  append([]Code{"SCALE-UP/RBAC", "RISK/QUOTA-BELOW-MAX", "SCALE-UP/UNREACHABLE"}, symptomsOfNoExecutors...),
	check: func(v *view) []Finding {
		refusals := v.overQuota()
		if len(refusals) == 0 {
			return v.unspecified()
		}
		r, total, proof := refusals[0], 0, []Evidence{}
		for _, each := range refusals {
			total += each.count
			proof = append(proof, each.at)
		}
		f := Finding{
			Severity: Error, Subject: "executors", Evidence: append(first(proof, 3), v.quotaObject(r.quota)...),
			Message: fmt.Sprintf("executors cannot be created: quota %s limits %s, used are %s, and one more asks for %s (refused %d times%s)",
				r.quota, r.limited, r.used, r.requested, total, v.wanted()),
		}
		f.Fixes = []Fix{
			{Title: "raise the limit of quota " + r.quota, Object: "ResourceQuota/" + r.quota, Effect: Live, Patch: fmt.Sprintf(`{"spec":{"hard":{%q:%q}}}`, resourceOf(r.limited), v.enough(r)), Note: "the driver asks again by itself every second"},
			set("ask for no more executors than there is room for, or for smaller ones", v.countKey(), fmt.Sprint(max(1, v.registered()))).noting("the application goes on with those that it has"),
		}
		return []Finding{f}
	},
}

// enough is the limit under which all executors fit that the application asks for: what is used and as many times what one
// asks for. It is "…" where that cannot be told.
func (v *view) enough(r overQuota) string {
	more := v.asks() - v.registered()
	if !v.known || v.policy.Dynamic && v.policy.Max < 0 || more < 1 {
		more = 1
	}
	value := func(text string) string { _, after, _ := strings.Cut(strings.TrimSpace(text), "="); return after }
	used, requested := value(r.used), value(r.requested)
	if strings.Contains(r.limited, ",") { // several resources at once
		return "…"
	}
	if strings.Contains(r.limited, "cpu") {
		u, errU := units.ParseCPU(used)
		q, errQ := units.ParseCPU(requested)
		if all, err := q.Scale(int64(more)); errU == nil && errQ == nil && err == nil {
			return (u + all).String()
		}
	}
	u, errU := units.ParseQuantity(used)
	q, errQ := units.ParseQuantity(requested)
	if all, err := q.Scale(int64(more)); errU == nil && errQ == nil && err == nil {
		sum := (u + all).Quantity()
		return sum.String()
	}
	return "…"
}

// overQuota collects the refusals of the logs, the events and the operator.
func (v *view) overQuota() []overQuota {
	var list []overQuota
	add := func(text string, count int, at Evidence) {
		if m := exceeded.FindStringSubmatch(text); m != nil {
			list = append(list, overQuota{m[1], m[2], m[3], strings.TrimRight(m[4], ". "), count, at})
		}
	}
	for _, f := range v.facts(LogForbidden) {
		add(f.Text, f.Count, seen(f.Place, "%s", afterNoise(f.Text)))
	}
	for _, e := range v.events("FailedCreate", "SparkApplicationFailed", "SparkApplicationSubmissionFailed") {
		add(e.Message, e.Count, ofEvent(e))
	}
	if v.App.Message != "" {
		add(v.App.Message, 1, seen(v.App.Place, "%s", v.App.Message))
	}
	return list
}

// afterNoise is the message of the API server without what the client library puts before it.
func afterNoise(text string) string {
	if _, after, ok := strings.Cut(text, "Service account may have been revoked. "); ok {
		return after
	}
	return text
}

func (v *view) quotaObject(name string) []Evidence {
	for _, q := range v.Quotas {
		if q.Name == name {
			at := q.Place
			at.Path = "spec.hard"
			return []Evidence{seen(at, "quota %s: hard %s", q.Name, lines(q.Hard))}
		}
	}
	return nil
}

// wanted says how many executors were asked for and came.
func (v *view) wanted() string {
	if !v.known || v.asks() == 0 || v.policy.Dynamic && v.policy.Max < 0 {
		return ""
	}
	return fmt.Sprintf("; %d wanted, %d registered", v.asks(), v.registered())
}

// countKey is the key by which the number of executors is bound.
func (v *view) countKey() string {
	if v.policy.Dynamic {
		return "spark.dynamicAllocation.maxExecutors"
	}
	return "spark.executor.instances"
}

func resourceOf(limited string) string {
	name, _, _ := strings.Cut(limited, "=")
	return cmp.Or(strings.TrimSpace(name), "requests.cpu")
}

// mustSpecify is how a quota refuses a pod that does not say what the quota limits.
var mustSpecify = regexp.MustCompile(`failed quota: ([^:\s]{1,253}): must specify ([^\n";]{1,300})`)

// unspecified tells of a quota for limits.cpu, under which every pod needs a CPU limit; Spark sets none by default.
func (v *view) unspecified() []Finding {
	texts := map[string]Evidence{}
	var order []string
	for _, f := range v.facts(LogForbidden) {
		order, texts[f.Text] = append(order, f.Text), seen(f.Place, "%s", afterNoise(f.Text))
	}
	for _, e := range v.events("FailedCreate", "SparkApplicationFailed", "SparkApplicationSubmissionFailed") {
		order, texts[e.Message] = append(order, e.Message), ofEvent(e)
	}
	for _, text := range order {
		if m := mustSpecify.FindStringSubmatch(text); m != nil {
			return []Finding{{
				Severity: Error, Subject: "executors", Evidence: append([]Evidence{texts[text]}, v.quotaObject(m[1])...),
				Message: fmt.Sprintf("pods cannot be created: quota %s limits %s, and they do not say how much of it they take", m[1], m[2]),
				Fixes: []Fix{
					set("give the pods a CPU limit", spark.ExecutorLimitCores.Name, fmt.Sprint(max(1, v.shape.Cores)), spark.DriverLimitCores.Name, "1").noting("spec.executor.coreLimit and spec.driver.coreLimit of the SparkApplication"),
					do(Live, "give the namespace a LimitRange with a default"),
				},
			}}
		}
	}
	return nil
}
