package objectscaler_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	pb "github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sparkscale/sparkscale/keda/objectscaler"
)

func TestManyCallersCauseOneListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &generated{objects: 700, wait: time.Second}
		s := newScaler(t, opener(g))
		var wrong atomic.Int64
		var wg sync.WaitGroup
		for i := range 1000 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 20 * time.Millisecond) // some wait with others, some come afterwards
				if got, err := value(t.Context(), s, "targetSize", fmt.Sprint(i+1)); err != nil || got != 700 {
					wrong.Add(1)
				}
			})
		}
		wg.Wait()
		assert.Zero(t, wrong.Load())
		assert.EqualValues(t, 1, g.listings.Load())
	})
}

func TestAnswerHoldsForTheInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &generated{objects: 1, wait: 3 * time.Second}
		s := newScaler(t, opener(g))
		for poll := range 5 { // as KEDA does: once an interval, both questions
			_, err := value(t.Context(), s)
			require.NoError(t, err)
			_, err = s.IsActive(t.Context(), ref())
			require.NoError(t, err)
			assert.EqualValues(t, poll+1, g.listings.Load())
			time.Sleep(27 * time.Second)
		}
		_, err := value(t.Context(), s, "pollingInterval", "5m") // whose interval is longer is content with what is there
		require.NoError(t, err)
		assert.EqualValues(t, 5, g.listings.Load())
	})
}

func TestFailureIsAnErrorAndIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &generated{objects: 400, err: errors.New("GET https://acc.blob.example/c?sv=1&sig=SECRETSIG: broken\nkey: AKIAIOSFODNN7EXAMPLE")}
		s := newScaler(t, opener(g))
		_, err := value(t.Context(), s)
		assert.Equal(t, codes.Unavailable, status.Code(err))
		assert.Contains(t, err.Error(), "s3://spark-input-data/pending/ cannot be listed")
		assert.NotContains(t, err.Error(), "SECRETSIG")
		assert.NotContains(t, err.Error(), "AKIA")
		assert.EqualValues(t, 1, g.closed.Load(), "the bucket is opened anew, credentials may have changed")
		g.become(400, nil)
		got, err := value(t.Context(), s)
		require.NoError(t, err)
		assert.EqualValues(t, 400, got)
	})
}

func TestOpenerFails(t *testing.T) {
	s := newScaler(t, objectscaler.WithOpener(func(context.Context, *url.URL) (objectscaler.Store, error) { return nil, errors.New("no driver") }))
	_, err := s.IsActive(context.Background(), ref())
	assert.Equal(t, codes.Unavailable, status.Code(err))
}

func TestContextOfAnOpenBucketDoesNotEnd(t *testing.T) {
	var kept context.Context
	s := newScaler(t, objectscaler.WithOpener(func(ctx context.Context, _ *url.URL) (objectscaler.Store, error) {
		kept = ctx
		return &generated{objects: 1}, nil
	}))
	ctx, cancel := context.WithCancel(context.Background())
	_, err := value(ctx, s)
	require.NoError(t, err)
	cancel()
	assert.NoError(t, kept.Err(), "an SDK renews its credentials with it")
}

func TestSlowStore(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			g := &generated{objects: 1, wait: time.Hour, deaf: deaf}
			s := newScaler(t, opener(g), objectscaler.WithTimeout(5*time.Second))
			began := time.Now()
			_, err := value(t.Context(), s)
			assert.Equal(t, codes.Unavailable, status.Code(err))
			assert.Contains(t, err.Error(), "did not answer in time")
			assert.Equal(t, 5*time.Second, time.Since(began))
			time.Sleep(time.Hour) // until the deaf one has heard
		})
	}
}

func TestCallerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &generated{objects: 5, wait: 3 * time.Second}
		s := newScaler(t, opener(g))
		cancelled, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := value(cancelled, s)
		assert.Equal(t, codes.Canceled, status.Code(err))
		impatient, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		_, err = value(impatient, s)
		assert.Equal(t, codes.DeadlineExceeded, status.Code(err))
		got, err := value(t.Context(), s)
		require.NoError(t, err)
		assert.EqualValues(t, 5, got)
		assert.EqualValues(t, 1, g.listings.Load(), "the listing went on for those who came later")
	})
}

func TestLimits(t *testing.T) {
	g := &generated{objects: 1001}
	s := newScaler(t, opener(g), objectscaler.WithLimit(1000))
	_, err := value(context.Background(), s, "glob", "nothing")
	assert.Equal(t, codes.ResourceExhausted, status.Code(err), "to stop unseen would tell of no backlog")
	got, err := value(context.Background(), s, "maxObjects", "800")
	require.NoError(t, err)
	assert.EqualValues(t, 800, got)
}

func TestListingsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &generated{objects: 1, wait: 4 * time.Second}
		s := newScaler(t, opener(g), objectscaler.WithListings(1), objectscaler.WithTimeout(5*time.Second))
		var late, good atomic.Int64
		var wg sync.WaitGroup
		for i := range 2 {
			wg.Go(func() {
				_, err := value(t.Context(), s, "prefix", fmt.Sprint(i))
				switch status.Code(err) {
				case codes.OK:
					good.Add(1)
				case codes.Unavailable:
					late.Add(1)
				}
			})
		}
		wg.Wait()
		assert.EqualValues(t, 1, good.Load())
		assert.EqualValues(t, 1, late.Load())
	})
}

func TestCloseEndsWhatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &generated{objects: 1, wait: time.Hour}
		s := newScaler(t, opener(g), objectscaler.WithTimeout(time.Hour))
		time.AfterFunc(time.Second, s.Close)
		_, err := value(t.Context(), s)
		assert.Equal(t, codes.Unavailable, status.Code(err))
		assert.EqualValues(t, 1, g.closed.Load())
		_, err = s.GetMetrics(t.Context(), &pb.GetMetricsRequest{ScaledObjectRef: ref()})
		assert.ErrorContains(t, err, "shutting down")
		s.Close()
	})
}

func TestManyPrefixesAreForgotten(t *testing.T) {
	g := &generated{objects: 1}
	s := newScaler(t, opener(g))
	for i := range 10_050 {
		_, err := value(context.Background(), s, "prefix", fmt.Sprint(i))
		require.NoError(t, err)
	}
	assert.EqualValues(t, 10_050, g.listings.Load())
	assert.Zero(t, g.closed.Load(), "all prefixes share the open bucket")
}

func TestManyBucketsAreClosed(t *testing.T) {
	g := &generated{objects: 1}
	s := newScaler(t, opener(g))
	for i := range 300 {
		_, err := value(context.Background(), s, "bucketName", fmt.Sprintf("bucket-%d", i))
		require.NoError(t, err)
	}
	assert.EqualValues(t, 44, g.closed.Load())
}
