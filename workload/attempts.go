package workload

import (
	"cmp"
)

// LatestAttempts tells the last attempt of each application from the earlier ones that it superseded: the highest
// attempt id wins, and of equal ids the run that reaches furthest. Profiles without an application id are all kept.
// Both results keep the order of profiles.
//
// A cluster manager starts an application again whose driver was lost (YARN: spark.yarn.maxAppAttempts). Each attempt
// writes its own log, and adding them up would count the work twice.
func LatestAttempts(profiles []*Profile) (kept, superseded []*Profile) {
	latest := map[string]*Profile{}
	for _, p := range profiles {
		if best, seen := latest[p.App.ID]; !seen || supersedes(p, best) {
			latest[p.App.ID] = p
		}
	}
	for _, p := range profiles {
		if p.App.ID == "" || latest[p.App.ID] == p {
			kept = append(kept, p)
		} else {
			superseded = append(superseded, p)
		}
	}
	return kept, superseded
}

// supersedes compares attempt ids as the whole numbers that they are: the longer one is the higher one.
func supersedes(p, other *Profile) bool {
	a, b := p.App.AttemptID, other.App.AttemptID
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b), cmp.Compare(p.Until(), other.Until())) > 0
}
