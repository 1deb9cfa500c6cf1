package objectscaler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	pb "github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/internal/wording"
)

// Scaler answers KEDA, for any number of triggers. It is safe for concurrent use.
//
// The optional StreamMetricSpec answers Unimplemented, by which KEDA 2.21 keeps to GetMetricSpec: targets change with the
// metadata alone.
type Scaler struct {
	pb.UnimplementedExternalScalerServer
	allowed  []pattern
	interval time.Duration
	work     map[string]Work
	cache    cache

	ending     chan struct{} // ends streams
	end, close sync.Once
}

var _ pb.ExternalScalerServer = (*Scaler)(nil)

// New makes a scaler that lists only what the allow-list names: "s3://bucket" is a bucket, "s3://bucket/pending/" what starts
// with the prefix in it, "s3://team-*" every bucket of such a name, and "file:///data" the folder and those below it.
// An empty list allows nothing, and is an error.
func New(allowed []string, options ...Option) (*Scaler, error) {
	s := &Scaler{
		interval: DefaultInterval, work: map[string]Work{}, ending: make(chan struct{}),
		cache: cache{
			buckets: buckets{open: OpenURL, params: map[Provider]url.Values{}, known: map[Location]*opened{}},
			now:     time.Now, timeout: DefaultTimeout, limit: DefaultLimit,
			turns: make(chan struct{}, DefaultListings), closing: make(chan struct{}), metrics: newMetrics(), entries: map[query]Tally{},
		},
	}
	if len(allowed) == 0 {
		return nil, fmt.Errorf("objectscaler: the allow-list is empty; name the buckets that may be listed")
	}
	for _, text := range allowed {
		p, err := parsePattern(text)
		if err != nil {
			return nil, err
		}
		s.allowed = append(s.allowed, p)
	}
	for _, option := range options {
		if err := option(s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Close ends the streams and the listings that run. What is asked afterwards is answered with Unavailable.
func (s *Scaler) Close() {
	s.endStreams()
	s.close.Do(s.cache.close)
}

// endStreams lets calls run on.
func (s *Scaler) endStreams() { s.end.Do(func() { close(s.ending) }) }

// IsActive says whether the metric exceeds the activation size.
func (s *Scaler) IsActive(ctx context.Context, ref *pb.ScaledObjectRef) (_ *pb.IsActiveResponse, err error) {
	defer s.cache.metrics.answered("IsActive", &err)
	t, err := s.trigger(ref)
	if err != nil {
		return nil, statusOf(err)
	}
	active, err := s.active(ctx, t)
	if err != nil {
		return nil, statusOf(err)
	}
	return &pb.IsActiveResponse{Result: active}, nil
}

// GetMetricSpec names the metric and its target for one replica. It does not ask the store.
func (s *Scaler) GetMetricSpec(_ context.Context, ref *pb.ScaledObjectRef) (_ *pb.GetMetricSpecResponse, err error) {
	defer s.cache.metrics.answered("GetMetricSpec", &err)
	t, err := s.trigger(ref)
	if err != nil {
		return nil, statusOf(err)
	}
	return &pb.GetMetricSpecResponse{MetricSpecs: []*pb.MetricSpec{{
		MetricName: t.MetricName(), TargetSize: whole(t.Target), TargetSizeFloat: t.Target,
	}}}, nil
}

// GetMetrics answers the value of the metric. What cannot be counted is an error, by which KEDA keeps the replicas or falls back.
func (s *Scaler) GetMetrics(ctx context.Context, r *pb.GetMetricsRequest) (_ *pb.GetMetricsResponse, err error) {
	defer s.cache.metrics.answered("GetMetrics", &err)
	t, err := s.trigger(r.GetScaledObjectRef())
	if err != nil {
		return nil, statusOf(err)
	}
	if name := t.MetricName(); r.GetMetricName() != "" && r.GetMetricName() != name {
		return nil, status.Errorf(codes.InvalidArgument, "objectscaler: there is no metric %q; this trigger has %s", shown(r.GetMetricName(), false), name)
	}
	value, err := s.value(ctx, t)
	if err != nil {
		return nil, statusOf(err)
	}
	return &pb.GetMetricsResponse{MetricValues: []*pb.MetricValue{{
		MetricName: t.MetricName(), MetricValue: whole(value), MetricValueFloat: value,
	}}}, nil
}

// StreamIsActive sends whether the trigger is active, at once and then at each change, looking every polling interval.
// It ends with an error where the store fails, and without one when the scaler closes; KEDA comes back after both.
func (s *Scaler) StreamIsActive(ref *pb.ScaledObjectRef, stream grpc.ServerStreamingServer[pb.IsActiveResponse]) (err error) {
	defer s.cache.metrics.answered("StreamIsActive", &err)
	t, err := s.trigger(ref)
	if err != nil {
		return statusOf(err)
	}
	return statusOf(s.watch(stream.Context(), t, func(active bool) error {
		return stream.Send(&pb.IsActiveResponse{Result: active})
	}))
}

func (s *Scaler) watch(ctx context.Context, t Trigger, send func(bool) error) error {
	ticker := time.NewTicker(s.intervalOf(t))
	defer ticker.Stop()
	for first, last := true, false; ; {
		active, err := s.active(ctx, t)
		switch {
		case errors.Is(err, ErrClosed):
			return nil
		case err != nil:
			return err
		}
		if first || active != last {
			if err := send(active); err != nil {
				return err
			}
		}
		first, last = false, active
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.ending:
			return nil
		case <-ticker.C:
		}
	}
}

// trigger reads the metadata and holds it against what the scaler has and allows.
func (s *Scaler) trigger(ref *pb.ScaledObjectRef) (Trigger, error) {
	t, err := Parse(ref.GetScalerMetadata())
	if err != nil {
		return t, err
	}
	if !slices.ContainsFunc(s.allowed, func(p pattern) bool { return p.allows(t.Location) }) {
		return t, fmt.Errorf("objectscaler: %s: %w", t.Location, ErrDenied)
	}
	if t.Metric != Planned {
		return t, nil
	}
	w, ok := s.work[t.Plan]
	if !ok {
		return t, &InvalidError{Errors: field.ErrorList{field.Invalid(at("plan"), shown(t.Plan, false), s.noPlan(t.Plan))}}
	}
	if t.Deadline <= w.Serial {
		return t, &InvalidError{Errors: invalid("deadline", t.Deadline.String(), fmt.Sprintf("no number of executors is done within it: %s pass without them", w.Serial))}
	}
	return t, nil
}

func (s *Scaler) noPlan(name string) string {
	have := slices.Sorted(maps.Keys(s.work))
	switch like := wording.Nearest(name, have); {
	case like != "":
		return fmt.Sprintf("the scaler was started without it; is it %s?", like)
	case len(have) == 0:
		return "the scaler was started without plans"
	}
	return "the scaler was started with " + strings.Join(have, ", ")
}

func (s *Scaler) active(ctx context.Context, t Trigger) (bool, error) {
	value, err := s.value(ctx, t)
	return value > t.Activation, err
}

func (s *Scaler) value(ctx context.Context, t Trigger) (float64, error) {
	select {
	case <-s.cache.closing:
		return 0, ErrClosed
	default:
	}
	q := t.query()
	w, planned := s.work[t.Plan]
	if planned {
		q.maxObjects, q.maxBytes = w.enough(t.Deadline, q.maxObjects)
	}
	tally, err := s.cache.tally(ctx, q, s.intervalOf(t))
	if err != nil {
		return 0, err
	}
	if planned {
		return float64(w.Executors(tally, t.Deadline)), nil
	}
	return t.value(tally, s.cache.now()), nil
}

func (s *Scaler) intervalOf(t Trigger) time.Duration {
	if t.Interval > 0 {
		return t.Interval
	}
	return s.interval
}

// whole rounds up for callers that know only the older field: something is never told as nothing.
func whole(x float64) int64 {
	if x >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(math.Ceil(x))
}
