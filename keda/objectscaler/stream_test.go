package objectscaler_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	pb "github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"github.com/stretchr/testify/assert"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// sent is a stream that keeps what was sent, and when.
type sent struct {
	grpc.ServerStream
	ctx   context.Context
	start time.Time
	what  []bool
	when  []time.Duration
}

func (s *sent) Context() context.Context { return s.ctx }

func (s *sent) Send(r *pb.IsActiveResponse) error {
	s.what, s.when = append(s.what, r.GetResult()), append(s.when, time.Since(s.start))
	return nil
}

func TestStreamTellsChangesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &generated{objects: 501}
		s := newScaler(t, opener(g))
		ctx, cancel := context.WithCancel(t.Context())
		stream := &sent{ctx: ctx, start: time.Now()}
		time.AfterFunc(65*time.Second, func() { g.become(3, nil) })
		time.AfterFunc(200*time.Second, func() { g.become(9000, nil) })
		time.AfterFunc(299*time.Second, cancel)
		err := s.StreamIsActive(ref(), stream)
		assert.Equal(t, codes.Canceled, status.Code(err))
		assert.Equal(t, []bool{true, false, true}, stream.what)
		assert.Equal(t, []time.Duration{0, 90 * time.Second, 210 * time.Second}, stream.when)
		assert.EqualValues(t, 10, g.listings.Load(), "one an interval")
	})
}

func TestStreamEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &generated{objects: 501}
		s := newScaler(t, opener(g))
		time.AfterFunc(31*time.Second, func() { g.become(501, errors.New("gone")) })
		stream := &sent{ctx: t.Context(), start: time.Now()}
		assert.Equal(t, codes.Unavailable, status.Code(s.StreamIsActive(ref(), stream)), "KEDA comes back after it")
		assert.Equal(t, []bool{true}, stream.what, "a failing store does not tell of no backlog")
		assert.Equal(t, codes.InvalidArgument, status.Code(s.StreamIsActive(ref("metric", "x"), stream)))

		g.become(501, nil)
		time.AfterFunc(time.Minute, s.Close)
		assert.NoError(t, s.StreamIsActive(ref(), &sent{ctx: t.Context(), start: time.Now()}))
	})
}
