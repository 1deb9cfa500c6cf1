package workload

import (
	"time"
)

// Instant is a moment on the driver's clock in milliseconds since 1970 UTC, as Spark's events state it. Zero means
// that the moment is unknown or has not come.
type Instant int64

// Known reports whether the moment is known.
func (i Instant) Known() bool { return i != 0 }

// Time converts to a time.Time in UTC.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

// Sub returns the time from j to i.
func (i Instant) Sub(j Instant) time.Duration { return time.Duration(i-j) * time.Millisecond }

// Add returns the moment d later, truncated to milliseconds.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d/time.Millisecond) }

// String writes the moment as RFC 3339 with milliseconds, or "unknown".
func (i Instant) String() string {
	if !i.Known() {
		return "unknown"
	}
	return i.Time().Format("2006-01-02T15:04:05.000Z07:00")
}
