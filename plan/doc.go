// Package plan chooses how many executors of which size an application should have, scaled by which policy, and says
// how it knows.
//
// [Engine.Plan] takes what runs of the application really did, makes candidates (shape × count or policy), replays each,
// keeps the frontier of time against cost, chooses by the objective, and explains every number of its choice, every
// rejected candidate, and what it assumed:
//
//	p, err := plan.Engine{}.Plan(ctx, plan.Request{
//		Runs:      []*workload.Profile{profile},
//		Cluster:   allocation.Nodes(20, units.Cores(16), units.GiB(64)),
//		Objective: plan.CheapestWithin(30 * time.Minute),
//	})
//
// What cannot be planned is refused with a [*Refusal] that says what would work. A Plan is a value that can be written
// as JSON and read back ([Parse]); the same input gives the same bytes.
//
// Costs are in the currency of [Price]. They count what executors and the driver hold: cores and pod memory over time,
// executors from registration to removal; what nodes cost beside that (idle room, start) is not in them.
package plan
