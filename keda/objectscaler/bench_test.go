package objectscaler_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	pb "github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"

	"github.com/sparkscale/sparkscale/keda/objectscaler"
)

// paged is a bucket that makes up its pages as a store answers them, and watches the heap meanwhile.
type paged struct {
	driver.Bucket
	objects int
	peak    uint64
}

func (p *paged) ListPaged(_ context.Context, o *driver.ListOptions) (*driver.ListPage, error) {
	from := 0
	if len(o.PageToken) > 0 {
		from = int(binary.BigEndian.Uint64(o.PageToken))
	}
	to := min(from+o.PageSize, p.objects)
	page := &driver.ListPage{Objects: make([]*driver.ListObject, 0, o.PageSize)}
	for i := from; i < to; i++ {
		page.Objects = append(page.Objects, &driver.ListObject{Key: fmt.Sprintf("%spart-%07d", o.Prefix, i), Size: 1 << 20})
	}
	if to < p.objects {
		page.NextPageToken = binary.BigEndian.AppendUint64(nil, uint64(to))
	}
	if from/o.PageSize%100 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		p.peak = max(p.peak, m.HeapAlloc)
	}
	return page, nil
}

func (p *paged) Close() error                           { return nil }
func (p *paged) ErrorCode(error) gcerrors.ErrorCode     { return gcerrors.Unknown }
func (p *paged) ErrorAs(_ error, _ any) bool            { return false }
func scalerOf(b *testing.B, n int) *objectscaler.Scaler { return newScaler(b, opener(pages(n))) }
func pages(n int) objectscaler.Store                    { return objectscaler.Bucket(blob.NewBucket(&paged{objects: n})) }

// BenchmarkListing lists through gocloud.dev's pages, without a network; each listing is of another prefix.
func BenchmarkListing(b *testing.B) {
	for _, n := range []int{1, 1000, 1001, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := scalerOf(b, n)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				_, err := value(b.Context(), s, "prefix", fmt.Sprint(i))
				require.NoError(b, err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "listings/s")
		})
	}
}

// BenchmarkMillion lists a million objects; peak-MiB is the heap while it does.
func BenchmarkMillion(b *testing.B) {
	p := &paged{objects: 1_000_000}
	s := newScaler(b, opener(objectscaler.Bucket(blob.NewBucket(p))))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		got, err := value(b.Context(), s, "prefix", fmt.Sprint(i))
		require.NoError(b, err)
		require.Equal(b, 1e6, got)
	}
	b.ReportMetric(float64(p.peak)/(1<<20), "peak-MiB")
}

// BenchmarkWarm calls GetMetrics over one connection from 32 callers at once, answered from memory.
func BenchmarkWarm(b *testing.B) {
	b.Run("clear", func(b *testing.B) {
		address, _ := serve(b, scalerOf(b, 700), nil)
		callers(b, pb.NewExternalScalerClient(dial(b, address, nil)))
	})
	b.Run("mutual TLS", func(b *testing.B) {
		ca := newAuthority(b)
		address, _ := serve(b, scalerOf(b, 700), certificates(b, ca.write(b.TempDir(), 2, true), nil))
		callers(b, pb.NewExternalScalerClient(dial(b, address, ca.client(ca))))
	})
}

func callers(b *testing.B, client pb.ExternalScalerClient) {
	request := &pb.GetMetricsRequest{ScaledObjectRef: ref()}
	_, err := client.GetMetrics(b.Context(), request)
	require.NoError(b, err)
	var mu sync.Mutex
	var all []time.Duration
	b.SetParallelism((32 + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(run *testing.PB) {
		var times []time.Duration
		for run.Next() {
			began := time.Now()
			if _, err := client.GetMetrics(b.Context(), request); err != nil {
				b.Error(err)
				return
			}
			times = append(times, time.Since(began))
		}
		mu.Lock()
		all = append(all, times...)
		mu.Unlock()
	})
	slices.Sort(all)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	b.ReportMetric(float64(all[(len(all)-1)*99/100])/1e6, "p99-ms")
}

// BenchmarkAnswer is the same without gRPC.
func BenchmarkAnswer(b *testing.B) {
	s := scalerOf(b, 700)
	request := &pb.GetMetricsRequest{ScaledObjectRef: ref()}
	b.ReportAllocs()
	for b.Loop() {
		_, err := s.GetMetrics(b.Context(), request)
		require.NoError(b, err)
	}
}
