package plan

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// Request is what a plan is made of.
type Request struct {
	// Runs are runs of one application; at least one. The latest is replayed, the others tell the noise.
	Runs []*workload.Profile
	// Cluster is where executors can run; the zero value holds any number.
	Cluster allocation.Cluster
	// Quota bounds the namespace; the zero value does not.
	Quota allocation.Quota
	// Driver is the driver's pod; the zero value is what the run's configuration asks for.
	Driver sizing.Pod
	// Objective says what is best; the zero value is Balanced.
	Objective Objective
	// Price is what a core and a GiB cost for an hour; the zero value is DefaultPrice.
	Price Price
	// Version is the release that will run; the zero value is the one that ran.
	Version spark.Version
	// Current is the setting that the plan is compared with; the zero value is the one that ran.
	Current Current
	// Shapes replaces the shapes that are tried; empty means those that the evidence suggests.
	Shapes []sizing.Shape
	// MaxExecutors bounds the search; 0 means no bound but the cluster and the useful width.
	MaxExecutors int
	// Seed is for what Spark shuffles at random.
	Seed uint64
}

// Current is a setting of an application.
type Current struct {
	Shape  sizing.Shape
	Policy allocation.Policy
}

// Price is what resources cost, in any currency.
type Price struct {
	// CoreHour is for one core and one hour, GiBHour for one GiB of memory and one hour.
	CoreHour, GiBHour float64
}

// DefaultPrice is near the list prices of general-purpose machines of the large clouds, whose ratio of about 7.4 GiB to
// a core matters more than their level.
var DefaultPrice = Price{CoreHour: 0.031, GiBHour: 0.0042}

// Engine makes plans. The zero value is ready; it has no state and is safe for concurrent use.
type Engine struct {
	// Workers is how many replays run at a time; 0 means one after the other.
	Workers int
}

// Objective says which candidate is best. Make one with the functions of this package.
type Objective struct {
	kind     string
	deadline time.Duration
	budget   float64
}

// Balanced takes the candidate with the smallest product of time and cost: one per cent of time is worth one per cent of
// cost.
func Balanced() Objective { return Objective{kind: "balanced"} }

// Cheapest takes the candidate of the lowest cost.
func Cheapest() Objective { return Objective{kind: "cheapest"} }

// Fastest takes the candidate of the shortest time.
func Fastest() Objective { return Objective{kind: "fastest"} }

// CheapestWithin takes the candidate of the lowest cost whose time is within the deadline also at its P90.
func CheapestWithin(deadline time.Duration) Objective {
	return Objective{kind: "cheapest", deadline: deadline}
}

// FastestWithin takes the candidate of the shortest time whose cost is within the budget also at its P90.
func FastestWithin(budget float64) Objective { return Objective{kind: "fastest", budget: budget} }

// Within adds a deadline to an objective.
func (o Objective) Within(deadline time.Duration) Objective {
	o.deadline = deadline
	return o
}

// WithBudget adds a budget to an objective.
func (o Objective) WithBudget(budget float64) Objective {
	o.budget = budget
	return o
}

// String writes "cheapest within 30m0s".
func (o Objective) String() string {
	text := o.name()
	if o.deadline > 0 {
		text += " within " + o.deadline.String()
	}
	if o.budget > 0 {
		text += fmt.Sprintf(" within a cost of %.4g", o.budget)
	}
	return text
}

func (o Objective) name() string {
	if o.kind == "" {
		return "balanced"
	}
	return o.kind
}

// allows reports whether a prediction keeps the deadline and the budget.
func (o Objective) allows(p Prediction) bool {
	return (o.deadline <= 0 || p.Wall.P90 <= o.deadline) && (o.budget <= 0 || p.Cost.P90 <= o.budget)
}

// score is what is to be made small.
func (o Objective) score(p Prediction) float64 {
	switch o.name() {
	case "cheapest":
		return p.Cost.P50
	case "fastest":
		return p.Wall.P50.Seconds()
	}
	return p.Wall.P50.Seconds() * p.Cost.P50
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func (r Request) filled() (Request, error) {
	switch {
	case len(r.Runs) == 0:
		return r, errors.New("plan: the request has no run; read one with eventlog.ReadFile")
	case slices.Contains(r.Runs, nil):
		return r, errors.New("plan: a run of the request is nil")
	case !finite(r.Price.CoreHour) || !finite(r.Price.GiBHour) || !finite(r.Objective.budget):
		return r, errors.New("plan: prices and a budget must be numbers")
	case r.Driver.CPU < 0 || r.Driver.Memory < 0 || r.MaxExecutors > replay.MaxExecutors:
		return r, fmt.Errorf("plan: a driver takes no less than nothing, and MaxExecutors is at most %d", replay.MaxExecutors)
	case r.Objective.deadline < 0 || r.Objective.budget < 0:
		return r, errors.New("plan: a deadline and a budget must not be negative")
	case r.Price.CoreHour < 0 || r.Price.GiBHour < 0 || r.MaxExecutors < 0:
		return r, errors.New("plan: prices and MaxExecutors must not be negative")
	}
	if r.Price == (Price{}) {
		r.Price = DefaultPrice
	}
	return r, nil
}
