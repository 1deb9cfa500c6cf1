package diagnose

import (
	"fmt"
	"time"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// pinned is an executor that was idle for longer than the idle timeout and stayed.
type pinned struct {
	id   string
	idle time.Duration
	from workload.Instant
	// beyond is the core time after the timeout.
	beyond  time.Duration
	cached  bool
	shuffle bool
	proof   Evidence
}

// pinnedExecutors are those that dynamic allocation should have let go: idle for longer than the idle timeout (with a second
// of grace for its ticks) and not removed at its end. Of a run that is over the event log tells, of another one also REST.
func (v *view) pinnedExecutors() []pinned {
	if !v.known || !v.policy.Dynamic || v.Run == nil {
		return nil
	}
	var list []pinned
	for _, e := range v.Run.Executors {
		if e.Idle <= v.policy.Idle+time.Second {
			continue
		}
		p := pinned{
			id: e.ID, idle: e.Idle, from: e.IdleFrom, beyond: (e.Idle - v.policy.Idle) * time.Duration(max(1, e.Cores)),
			cached: e.Cached > 0, shuffle: e.Shuffle > 0,
			proof: v.ofRun("executor "+e.ID, "idle %s from %s on", brief(e.Idle), e.IdleFrom).rather("removed after %s", brief(v.policy.Idle)),
		}
		if live := v.live(e.ID); live != nil {
			p.cached, p.shuffle = p.cached || live.Blocks > 0, p.shuffle || live.ShuffleWrite > 0
		}
		list = append(list, p)
	}
	return list
}

// live is what REST says of an executor, nil where it does not.
func (v *view) live(id string) *LiveExecutor {
	if v.Live == nil {
		return nil
	}
	for i := range v.Live.Executors {
		if v.Live.Executors[i].ID == id {
			return &v.Live.Executors[i]
		}
	}
	return nil
}

// pinnedBy makes the finding about executors that something holds, or none where there are none.
func pinnedBy(list []pinned, what string, more []Evidence, fixes ...Fix) []Finding {
	if len(list) == 0 {
		return nil
	}
	var cost, longest time.Duration
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i], cost, longest = p.id, cost+p.beyond, max(longest, p.idle)
	}
	f := Finding{
		Severity: Warning, Subject: "executors", Cost: hours(cost), Basis: "core time of idle executors beyond the idle timeout",
		Message:  fmt.Sprintf("%s (%s) stayed although idle for up to %s: %s", wording.Count(len(list), "executor"), some(ids, 6), brief(longest), what),
		Evidence: more, Fixes: fixes,
	}
	for _, p := range first(list, 3) {
		f.Evidence = append(f.Evidence, p.proof)
	}
	return []Finding{f}
}

// tooLong reports whether a timeout that holds executors is worth a finding: where it is infinite, as by default, or somebody
// set it and it cost much. A finite one that was kept is what was asked for.
func (v *view) tooLong(timeout time.Duration, list []pinned) bool {
	var cost time.Duration
	for _, p := range list {
		cost += p.beyond
	}
	return len(list) > 0 && timeout > v.policy.Idle && (timeout == units.Forever || cost >= v.o.MinLoss)
}
