package objectscaler_test

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	pb "github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/keda/objectscaler"
)

// generated is a store that makes up its objects. It counts its listings.
type generated struct {
	objects  int
	size     int64
	modified time.Time
	err      error         // after the objects
	wait     time.Duration // before the first one
	deaf     bool          // does not heed the context while it waits
	mu       sync.Mutex
	listings atomic.Int64
	closed   atomic.Int64
}

func (g *generated) Objects(ctx context.Context, prefix string) iter.Seq2[*objectscaler.Object, error] {
	return func(yield func(*objectscaler.Object, error) bool) {
		g.listings.Add(1)
		if err := g.pause(ctx); err != nil {
			yield(nil, err)
			return
		}
		g.mu.Lock()
		objects, failure := g.objects, g.err
		g.mu.Unlock()
		for i := range objects {
			if !yield(&objectscaler.Object{Key: fmt.Sprintf("%spart-%07d", prefix, i), Size: g.size, ModTime: g.modified}, nil) {
				return
			}
		}
		if failure != nil {
			yield(nil, failure)
		}
	}
}

// become changes what the store holds while it may be listed.
func (g *generated) become(objects int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.objects, g.err = objects, err
}

func (g *generated) pause(ctx context.Context) error {
	if g.wait == 0 {
		return nil
	}
	if g.deaf {
		time.Sleep(g.wait)
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(g.wait):
		return nil
	}
}

func (g *generated) Close() error {
	g.closed.Add(1)
	return nil
}

func opener(s objectscaler.Store) objectscaler.Option {
	return objectscaler.WithOpener(func(context.Context, *url.URL) (objectscaler.Store, error) { return s, nil })
}

// everything allows what the tests list.
var everything = []string{"s3://*", "file:///"}

func newScaler(t testing.TB, options ...objectscaler.Option) *objectscaler.Scaler {
	t.Helper()
	s, err := objectscaler.New(everything, options...)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func ref(pairs ...string) *pb.ScaledObjectRef {
	return &pb.ScaledObjectRef{Name: "analytics", Namespace: "spark", ScalerMetadata: with(pairs...)}
}

func value(ctx context.Context, s pb.ExternalScalerServer, pairs ...string) (float64, error) {
	r, err := s.GetMetrics(ctx, &pb.GetMetricsRequest{ScaledObjectRef: ref(pairs...)})
	if err != nil {
		return -1, err
	}
	return r.GetMetricValues()[0].GetMetricValueFloat(), nil
}
