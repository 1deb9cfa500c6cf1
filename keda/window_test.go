package keda_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones of the tests do not depend on the machine

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/keda"
)

func TestWindowExpressions(t *testing.T) {
	hour := time.Hour
	for _, c := range []struct {
		name       string
		w          keda.Window
		start, end string
	}{
		{"weekdays", keda.Weekdays(8, 18, "Etc/UTC", 10), "0 8 * * 1-5", "0 18 * * 1-5"},
		{"every day", keda.Window{From: 8*hour + 30*time.Minute, To: 9 * hour}, "30 8 * * *", "0 9 * * *"},
		{"overnight", keda.Window{Days: []time.Weekday{1, 2, 3, 4, 5}, From: 22 * hour, To: 6 * hour}, "0 22 * * 1-5", "0 6 * * 2-6"},
		{"Saturday night", keda.Window{Days: []time.Weekday{6}, From: 22 * hour, To: 6 * hour}, "0 22 * * 6", "0 6 * * 0"},
		{"to midnight", keda.Window{Days: []time.Weekday{1}, From: 8 * hour, To: 24 * hour}, "0 8 * * 1", "0 0 * * 2"},
		{"some days", keda.Window{Days: []time.Weekday{5, 1, 0, 1, 2}, From: 0, To: 24 * hour}, "0 0 * * 0-2,5", "0 0 * * 1-3,6"},
	} {
		if c.w.Zone == "" {
			c.w.Zone = "Etc/UTC"
		}
		c.w.Executors = 1
		got, err := c.w.Cron()
		require.NoError(t, err, c.name)
		assert.Equal(t, []string{c.start, c.end}, []string{got.Start, got.End}, c.name)
	}
}

func TestWindowsThatAreNone(t *testing.T) {
	ok := keda.Weekdays(8, 18, "Etc/UTC", 1)
	for name, change := range map[string]func(*keda.Window){
		"always":     func(w *keda.Window) { w.Days, w.From, w.To = nil, 0, 24*time.Hour },
		"no zone":    func(w *keda.Window) { w.Zone = "" },
		"other zone": func(w *keda.Window) { w.Zone = "America/Gotham" },
		"seconds":    func(w *keda.Window) { w.From += time.Second },
		"late":       func(w *keda.Window) { w.To = 25 * time.Hour },
		"nobody":     func(w *keda.Window) { w.Executors = 0 },
		"eighth day": func(w *keda.Window) { w.Days = []time.Weekday{7} },
	} {
		w := ok
		change(&w)
		_, err := w.Trigger()
		var invalid *keda.InvalidError
		require.ErrorAs(t, err, &invalid, name)
	}
	_, err := ok.Trigger()
	require.NoError(t, err)
}

// On days on which the clocks do not change a window is open exactly when it says.
func TestWindowsMeanWhatTheySay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWindow(t)
		_, err := w.Trigger()
		if err != nil {
			t.Skip("a window that is always open")
		}
		zone, err := time.LoadLocation(w.Zone)
		require.NoError(t, err)
		from := time.Date(2026, time.Month(rapid.SampledFrom([]int{1, 2, 6, 7, 12}).Draw(t, "month")), rapid.IntRange(1, 15).Draw(t, "day"), 0, 0, 0, 0, zone)
		spans, err := keda.Simulate(w, from, from.AddDate(0, 0, 8))
		require.NoError(t, err)
		for at := from; at.Before(from.AddDate(0, 0, 8)); at = at.Add(15 * time.Minute) {
			want := 0
			if opened(w, at) {
				want = w.Executors
			}
			require.Equal(t, want, countAt(spans, at), "%v at %s: %v", w, at, spans)
		}
	})
}

// opened asks whether the window that opened today, or yesterday, is open still.
func opened(w keda.Window, at time.Time) bool {
	midnight := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, at.Location())
	for _, start := range []time.Time{midnight, midnight.AddDate(0, 0, -1)} {
		length := w.To - w.From
		if length <= 0 {
			length += 24 * time.Hour
		}
		since := at.Sub(start.Add(w.From))
		if listed(w.Days, start.Weekday()) && since >= 0 && since < length {
			return true
		}
	}
	return false
}

func listed(days []time.Weekday, d time.Weekday) bool {
	for _, other := range days {
		if other == d {
			return true
		}
	}
	return len(days) == 0
}

func countAt(spans []keda.Span, at time.Time) int {
	for _, s := range spans {
		if !at.Before(s.From) && at.Before(s.To) {
			return s.Count
		}
	}
	return -1
}

var zones = []string{"Etc/UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Sydney", "America/Santiago"}

func drawWindow(t *rapid.T) keda.Window {
	quarter := 15 * time.Minute
	return keda.Window{
		Days:      rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Weekday { return time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")) }), 0, 5).Draw(t, "days"),
		From:      quarter * time.Duration(rapid.IntRange(0, 95).Draw(t, "from")),
		To:        quarter * time.Duration(rapid.IntRange(0, 96).Draw(t, "to")),
		Zone:      rapid.SampledFrom(zones).Draw(t, "zone"),
		Executors: rapid.IntRange(1, 20).Draw(t, "executors"),
	}
}
