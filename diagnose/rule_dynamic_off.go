package diagnose

import (
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/sparkapp"
)

// The operator looks for spark.dynamicallocation.enabled (lower case) and so does not see the real key in sparkConf; and
// dynamicAllocation.enabled: false writes nothing, so it does not switch off what sparkConf switches on.
var dynamicOff = Rule{
	Code: "SCALE-UP/DYNAMIC-OFF", Title: "dynamic allocation is not what the manifest seems to say",
	Doc:   "SetSparkApplicationDefaults and dynamicAllocationOption of kubeflow/spark-operator v2.5.2",
	Needs: []Part{PartApplication},
	check: func(v *view) []Finding {
		if v.app == nil {
			return nil
		}
		traps := []sparkapp.Code{sparkapp.KeyCase, sparkapp.NotSwitchedOff, sparkapp.OnlyInSparkConf, sparkapp.InstancesBesideDynamic}
		var found []Finding
		for _, issue := range v.app.Issues(sparkapp.ValidateOptions{}) {
			if slices.Contains(traps, issue.Code) {
				found = append(found, v.ofIssue(issue))
			}
		}
		return found
	},
}

// ofIssue makes a finding of what sparkapp has to say about the manifest. That the operator's default adds an instance to what
// sparkConf alone switches on does no harm by itself.
func (v *view) ofIssue(issue sparkapp.Issue) Finding {
	f := Finding{Severity: Warning, Subject: issue.Path, Message: issue.Path + ": " + issue.Message}
	if issue.Severity == sparkapp.Error && issue.Code != sparkapp.OnlyInSparkConf {
		f.Severity = Error
	}
	if issue.Code == sparkapp.OnlyInSparkConf || issue.Code == sparkapp.InstancesBesideDynamic {
		f.Severity = Info
	}
	at := v.placeIn(issue.Path)
	f.Evidence = []Evidence{seen(at, "%v", issue.Value)}
	f.Fixes = []Fix{do(NextRun, "correct %s in the manifest", issue.Path).noting("a change of the spec restarts a running application")}
	return f
}

// placeIn is where a path of the manifest stands: at the key of sparkConf that it names, else at the object.
func (v *view) placeIn(path string) Place {
	if _, key, ok := strings.Cut(path, "sparkConf["); ok {
		if at := v.placeOf(strings.TrimSuffix(key, "]")); at.Source == v.App.Place.Source {
			return at
		}
	}
	at := v.App.Place
	at.Path = path
	return at
}
