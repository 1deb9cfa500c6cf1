package diagnose

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/spark"
)

// noRight is how the API server refuses for want of a right (k8s.io/apiserver, responsewriters.Forbidden).
var noRight = regexp.MustCompile(`User "([^"]{1,300})" cannot (\w{1,30}) resource "([^"]{1,200})" in API group "([^"]{0,200})"(?: in the namespace "([^"]{1,200})")?`)

// What the client library says before it ("Configured service account does not have access") proves nothing: it says that of
// every 403, also where a quota was exceeded. Only the sentence of the API server counts.
var rbac = Rule{
	Code: "SCALE-UP/RBAC", Title: "the driver's service account lacks a right",
	Doc:    "responsewriters.Forbidden of k8s.io/apiserver; KubernetesClusterManager, ExecutorPodsAllocator and StatefulSetPodsAllocator, Spark 3.5.6",
	Either: []Part{PartDriverLog, PartApplication},
	Hides:  append([]Code{"SCALE-UP/CONTEXT-FAILED", "SCALE-UP/UNREACHABLE"}, symptomsOfNoExecutors...),
	check: func(v *view) []Finding {
		var found []Finding
		for _, f := range append(v.facts(LogForbidden), v.facts(LogContextFailed)...) {
			m := noRight.FindStringSubmatch(f.Text)
			if m == nil || exceeded.MatchString(f.Text) {
				continue
			}
			finding := v.lacksRight(m, f)
			if !slices.ContainsFunc(found, func(o Finding) bool { return o.Message == finding.Message }) {
				found = append(found, finding)
			}
		}
		return found
	},
}

func (v *view) lacksRight(m []string, f LogFact) Finding {
	user, verb, resource, group, namespace := m[1], m[2], m[3], m[4], m[5]
	then := ""
	if failed := v.facts(LogContextFailed); len(failed) > 0 {
		then = "; the SparkContext does not start and the driver ends"
	}
	out := Finding{
		Severity: Error, Subject: "driver",
		Message:  fmt.Sprintf("%s may not %s %s: the driver's service account lacks the right%s", user, verb, qualified(resource, group), then),
		Evidence: []Evidence{seen(f.Place, "%s", afterNoise(f.Text)).rather("verb %s on %s allowed", verb, qualified(resource, group))},
	}
	for _, c := range first(v.facts(LogContextFailed), 1) {
		out.Evidence = append(out.Evidence, seen(c.Place, "%s", c.Text))
	}
	verbs := verb
	if resource == "statefulsets/scale" {
		verbs = "get,update,patch"
	}
	if resource == "statefulsets" {
		verbs = "create,delete"
		out.Evidence = append(out.Evidence, v.property(spark.PodsAllocator))
		if v.policy.Dynamic {
			verbs = "create,delete,get,update,patch"
		}
	}
	account := user[strings.LastIndex(user, ":")+1:]
	out.Fixes = []Fix{{
		Title:  "allow it in the role of the service account",
		Object: "Role/" + account, Effect: NextRun,
		Command: fmt.Sprintf("kubectl -n %s create role %s-%s --verb=%s --resource=%s && kubectl -n %s create rolebinding %s-%s --role=%s-%s --serviceaccount=%s:%s",
			namespace, account, strings.ReplaceAll(resource, "/", "-"), verbs, dotted(resource, group), namespace, account, strings.ReplaceAll(resource, "/", "-"), account, strings.ReplaceAll(resource, "/", "-"), namespace, account),
		Note: "the right counts at once, but a driver that has ended must be submitted again",
	}}
	return out
}

func qualified(resource, group string) string {
	if group == "" {
		return resource
	}
	return resource + " of group " + group
}

func dotted(resource, group string) string {
	name, sub, isSub := strings.Cut(resource, "/")
	if group != "" {
		name += "." + group
	}
	if isSub {
		name += "/" + sub
	}
	return name
}
