package workload

import (
	"time"
)

// Instant is a moment on the driver's clock in milliseconds since 1970 UTC, as Spark's events state it. Zero means
// that the moment is unknown or has not come; so does a negative one, with which Spark fills in for a missing time.
type Instant int64

// Known reports whether the moment is known.
func (i Instant) Known() bool { return i > 0 }

// Time converts to a time.Time in UTC.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

// Sub returns the time from j to i, which is negative where i is the earlier one. Beyond 292 years it is the longest
// time that there is.
func (i Instant) Sub(j Instant) time.Duration { return i.Time().Sub(j.Time()) }

// Add returns the moment d later; of d, what is below a millisecond does not count.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d/time.Millisecond) }

// String writes the moment as RFC 3339 with milliseconds in UTC, or "unknown".
func (i Instant) String() string {
	if !i.Known() {
		return "unknown"
	}
	return i.Time().Format("2006-01-02T15:04:05.000Z07:00")
}

// firstKnown gives the first of the moments that is known, or 0.
func firstKnown(moments ...Instant) Instant {
	for _, i := range moments {
		if i.Known() {
			return i
		}
	}
	return 0
}
