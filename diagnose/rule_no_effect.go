package diagnose

import (
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/sparkapp"
)

// The list of dynamic allocation's keys is complete, so a name below that prefix that is not on it does nothing.
var noEffect = Rule{
	Code: "CONF/NO-EFFECT", Title: "settings that do nothing",
	Doc:    "the CRD and the webhook of kubeflow/spark-operator v2.5.2; org.apache.spark.internal.config of Spark 3.5.6 to 4.1.1",
	Either: []Part{PartApplication, PartConf},
	check: func(v *view) []Finding {
		var found []Finding
		silent := []sparkapp.Code{sparkapp.UnknownField, sparkapp.IgnoredField, sparkapp.UnknownKey, sparkapp.Overridden, sparkapp.NoEffect, sparkapp.DuplicateKey}
		if v.app != nil {
			for _, issue := range v.app.Issues(sparkapp.ValidateOptions{}) {
				if slices.Contains(silent, issue.Code) {
					f := v.ofIssue(issue)
					f.Severity = Warning
					found = append(found, f)
				}
			}
		}
		for _, p := range v.Conf {
			if why := v.noEffect(p); why != "" && !slices.ContainsFunc(found, func(f Finding) bool { return strings.Contains(f.Subject, p.Key) }) {
				found = append(found, Finding{
					Severity: Warning, Subject: p.Key, Message: p.Key + ": " + why,
					Evidence: []Evidence{seen(v.placeOf(p.Key), "%s=%s", p.Key, p.Value)},
					Fixes:    []Fix{do(NextRun, "take it out, or correct it")},
				})
			}
		}
		return append(found, v.chosenID()...)
	},
}

// noEffect says why a key does nothing, or is empty.
func (v *view) noEffect(p Property) string {
	key, known := spark.KeyByName(p.Key)
	switch {
	case known && !key.In(v.conf.Version()):
		return "Spark " + v.conf.Version().String() + " does not have it, only " + key.Since.String() + " and later"
	case known:
		return ""
	case strings.HasPrefix(p.Key, "spark.dynamicAllocation."):
		return "dynamic allocation has no such key"
	}
	for _, k := range spark.Keys() {
		if strings.EqualFold(k.Name, p.Key) {
			return "keys are case-sensitive; Spark reads " + k.Name
		}
	}
	return ""
}

// chosenID tells of an application id that was asked for: in cluster mode on Kubernetes the submission always makes its own.
func (v *view) chosenID() []Finding {
	if v.app == nil || v.App.ID == "" {
		return nil
	}
	asked, ok := v.app.Conf().Lookup(spark.AppID.Name)
	if !ok || asked == v.App.ID {
		return nil
	}
	return []Finding{{
		Severity: Info, Subject: spark.AppID.Name, Message: "the id that was asked for is not the application's: on Kubernetes the submission makes its own, " + v.App.ID,
		Evidence: []Evidence{seen(v.App.Place, "%s=%s", spark.AppID.Name, asked).rather("%s", v.App.ID)},
		Fixes:    []Fix{do(NextRun, "take it out; find the id in status.sparkApplicationId")},
	}}
}
