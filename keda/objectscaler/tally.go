package objectscaler

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
)

// Tally is what a listing found.
type Tally struct {
	// Objects and Bytes are of the objects that were selected.
	Objects, Bytes int64
	// Oldest is when the oldest one was last changed, zero where there is none.
	Oldest time.Time
	// Listed counts all objects that the store named.
	Listed int64
	// Capped is true where the listing stopped because the answer could no longer change: there may be more.
	Capped bool
	// At is when the listing began.
	At time.Time
}

// OldestAge is how old the oldest object is now, 0 where there is none.
func (t Tally) OldestAge(now time.Time) time.Duration {
	if t.Oldest.IsZero() {
		return 0
	}
	return now.Sub(t.Oldest)
}

// add counts an object.
func (t *Tally) add(o *Object) {
	t.Objects++
	if t.Bytes > math.MaxInt64-o.Size {
		t.Bytes = math.MaxInt64
	} else {
		t.Bytes += o.Size
	}
	if t.Oldest.IsZero() || o.ModTime.Before(t.Oldest) {
		t.Oldest = o.ModTime
	}
}

// query is a listing: what can be shared between triggers.
type query struct {
	Location
	glob           string
	minAge, maxAge time.Duration
	// maxObjects and maxBytes stop it when as much was selected; 0 means never.
	maxObjects, maxBytes int64
}

// key names the query for those who wait for the same one.
func (q query) key() string { return fmt.Sprintf("%#v", q) }

func (q query) selects(o *Object, glob *matcher, now time.Time) bool {
	age := now.Sub(o.ModTime)                // below 0 where the clock of the store is ahead
	return !strings.HasSuffix(o.Key, "/") && // what consoles make to show an empty folder
		(q.minAge == 0 || age >= q.minAge) && (q.maxAge == 0 || age <= q.maxAge) &&
		glob.matches(strings.TrimPrefix(o.Key, q.Prefix), o.Key)
}

func (q query) enough(t *Tally) bool {
	return q.maxObjects > 0 && t.Objects >= q.maxObjects || q.maxBytes > 0 && t.Bytes >= q.maxBytes
}

// count lists a store. More than limit objects are an error: to stop there could hide what the query selects.
func (q query) count(ctx context.Context, s Store, now time.Time, limit int64) (Tally, error) {
	glob, err := compileGlob(q.glob)
	if err != nil {
		return Tally{}, err
	}
	t := Tally{At: now}
	for o, err := range s.Objects(ctx, q.Prefix) {
		if err != nil {
			return t, err
		}
		if t.Listed++; t.Listed > limit {
			return t, fmt.Errorf("%w: more than %d objects; narrow prefix, or set maxObjects", ErrLimit, limit)
		}
		if q.selects(o, glob, now) {
			t.add(o)
		}
		if q.enough(&t) {
			t.Capped = true
			break
		}
	}
	return t, nil
}
