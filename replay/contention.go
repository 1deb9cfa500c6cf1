package replay

import (
	"cmp"
	"math"
	"net/netip"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/sparkscale/sparkscale/workload"
)

// Executors that start, and the first tasks on them, load classes and compile: they want processors, which executors of
// one machine share. Each of n then goes on at the rate min(1, AtOnce/n).

// span is a stretch of time since the start of the application.
type span struct{ from, to ms }

// coldWeight is how much of the load of a starting executor one is that warms up.
const coldWeight = 0.7

// load is how many executors started, and cold tasks ran, over the recorded run.
type load struct {
	at []ms
	n  []float64 // from at on
}

func loadOf(starts, cold []span) load {
	type edge struct {
		at   ms
		more float64
	}
	var edges []edge
	add := func(spans []span, weight float64) {
		for _, s := range spans {
			if s.to > s.from {
				edges = append(edges, edge{s.from, weight}, edge{s.to, -weight})
			}
		}
	}
	add(starts, 1)
	add(cold, coldWeight)
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	var l load
	n := 0.0
	for i, e := range edges {
		n += e.more
		if i+1 == len(edges) || edges[i+1].at > e.at {
			l.at, l.n = append(l.at, e.at), append(l.n, n)
		}
	}
	return l
}

// alone returns how long what took a span would have taken with the machine to itself, in milliseconds.
func (l *load) alone(s span, atOnce float64) float64 {
	i, found := slices.BinarySearch(l.at, s.from)
	if !found {
		i--
	}
	sum, at := 0.0, s.from
	for ; at < s.to; i++ {
		until, n := s.to, 0.0
		if i+1 < len(l.at) {
			until = min(until, l.at[i+1])
		}
		if i >= 0 {
			n = l.n[i]
		}
		sum += float64(until-at) * rate(n, atOnce)
		at = until
	}
	return sum
}

// rate is how fast each of n goes on; atOnce of 0 means that any number can.
func rate(n, atOnce float64) float64 {
	if atOnce <= 0 || n <= atOnce {
		return 1
	}
	return atOnce / n
}

// loopbackAtOnce is how many executors start at full speed on a machine of two processors, where the log does not tell:
// hosts of loopback addresses are one machine.
const loopbackAtOnce = 1.2

// fitAtOnce finds the number at which starts, each by itself, would have taken most nearly the same time; it stays near
// what is expected, where that is known. 0 says that starts do not slow each other, or that the log does not tell, as
// where all were at once.
func fitAtOnce(l *load, starts []span, expected float64) float64 {
	const fewest, better = 5, 0.7
	if len(starts) < fewest || !staggered(starts) {
		return expected
	}
	cost := func(p float64) float64 {
		var took []float64
		for _, s := range starts {
			took = append(took, math.Log(1+l.alone(s, p)))
		}
		c := float64(len(starts)) * math.Log(stat.StdDev(took, nil))
		if expected > 0 && p > 0 {
			d := math.Log(p/expected) / expectation
			c += d * d / 2
		}
		return c
	}
	atOnce, least := expected, cost(expected)
	if expected == 0 {
		least += float64(len(starts)) * math.Log(better)
	}
	for p := 1.0; p <= 32; p *= 1.1 {
		if c := cost(p); c < least {
			atOnce, least = p, c
		}
	}
	return atOnce
}

// expectation is how far from what is expected the number of starts at once is, as a deviation of its logarithm.
const expectation = 0.2

// staggered reports whether executors were requested at different times.
func staggered(starts []span) bool {
	return slices.ContainsFunc(starts, func(s span) bool { return s.from-starts[0].from > 500 })
}

// oneMachine reports whether all executors ran on loopback addresses.
func oneMachine(p *workload.Profile) bool {
	return len(p.Executors) > 0 && !slices.ContainsFunc(p.Executors, func(e workload.Executor) bool {
		address, err := netip.ParseAddr(e.Host)
		return e.Host != "localhost" && (err != nil || !address.IsLoopback())
	})
}
