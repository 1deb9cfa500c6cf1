package plan

import (
	"context"
	"errors"

	"github.com/sparkscale/sparkscale/replay"
)

// Courses are replays with all that they tell over time: the timeline, the stages and the critical path.
type Courses struct {
	// Was is the run with the executors that it had, Now the setting that the plan is compared with (the same where the
	// request names none), Then the choice.
	Was, Now, Then replay.Result
}

// Courses replays what a plan compares once more, as the plan did, for those who show how it goes. A Plan does not carry
// it: a timeline has a step for each change, as many as the run has tasks, and the request tells it again. The request is
// the one that the plan was made of. Errors are those of Engine.Plan.
func (e Engine) Courses(ctx context.Context, r Request, p *Plan) (Courses, error) {
	if p == nil {
		return Courses{}, errors.New("plan: there is no plan to replay")
	}
	r, err := r.filled()
	if err != nil {
		return Courses{}, err
	}
	s, err := newSearch(r)
	if err != nil {
		return Courses{}, err
	}
	was := replay.Setting{Shape: s.ran.Shape, Executors: s.work.Lives(), Seed: s.Seed}
	if len(was.Executors) == 0 { // the log has none
		was = s.setting(Candidate{Shape: s.ran.Shape, Policy: s.ran.Policy})
	}
	var c Courses
	if c.Was, err = s.work.Run(ctx, was); err != nil {
		return c, err
	}
	if c.Now = c.Was; s.current != s.ran {
		if c.Now, err = s.work.Run(ctx, s.setting(Candidate{Shape: s.current.Shape, Policy: s.current.Policy})); err != nil {
			return c, err
		}
	}
	c.Then, err = s.work.Run(ctx, s.setting(Candidate{Shape: p.Shape, Policy: p.Policy}))
	return c, err
}

// setting is under what a candidate is replayed.
func (s *search) setting(c Candidate) replay.Setting {
	return replay.Setting{Shape: c.Shape, Policy: c.Policy, Conf: s.conf, Seed: s.Seed}
}
