package sparkrest

import (
	"fmt"
	"time"

	"github.com/sparkscale/sparkscale/workload"
)

// Time is a moment on Spark's clock in milliseconds since 1970 UTC. The API writes 2026-11-23T17:06:04.485GMT, which is
// not RFC 3339. Zero is an absent one; the end of what still runs is -1, written 1969-12-31T23:59:59.999GMT.
type Time int64

// timeLayout is that of org.apache.spark.status.api.v1.JacksonMessageWriter; GMT stands there as it is.
const timeLayout = "2006-01-02T15:04:05.000GMT"

// At returns the moment that a time.Time is in.
func At(t time.Time) Time { return Time(t.UnixMilli()) }

// Known reports whether the moment is known, and has come.
func (t Time) Known() bool { return t > 0 }

// Instant returns the moment as package workload has it: 0 where it is not known.
func (t Time) Instant() workload.Instant { return workload.Instant(max(0, t)) }

// Time returns the moment in UTC.
func (t Time) Time() time.Time { return time.UnixMilli(int64(t)).UTC() }

// Add returns the moment d later.
func (t Time) Add(d Millis) Time { return t + Time(d) }

// String writes the moment as the API does, and an absent one as nothing.
func (t Time) String() string {
	if t == 0 {
		return ""
	}
	return t.Time().Format(timeLayout)
}

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) { return []byte(`"` + t.String() + `"`), nil }

// UnmarshalJSON implements json.Unmarshaler. A null and an empty text are an absent moment.
func (t *Time) UnmarshalJSON(text []byte) error {
	if string(text) == "null" || string(text) == `""` {
		*t = 0
		return nil
	}
	moment, err := time.Parse(`"`+timeLayout+`"`, string(text))
	if err != nil {
		return fmt.Errorf("the time %.40s is not like 2026-11-23T17:06:04.485GMT", text)
	}
	*t = At(moment)
	return nil
}

// Millis is a time in milliseconds.
type Millis int64

// Duration returns the time, saturated.
func (m Millis) Duration() time.Duration {
	const most = Millis(1<<63-1) / Millis(time.Millisecond)
	return time.Duration(min(max(m, -most), most)) * time.Millisecond
}

// String writes the time as time.Duration does.
func (m Millis) String() string { return m.Duration().String() }

// Nanos is a time in nanoseconds, as Spark counts those of processors and of shuffle writes.
type Nanos int64

// Duration returns the time.
func (n Nanos) Duration() time.Duration { return time.Duration(n) }

// String writes the time as time.Duration does.
func (n Nanos) String() string { return n.Duration().String() }
