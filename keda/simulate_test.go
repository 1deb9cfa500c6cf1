package keda_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/keda"
)

// times is an expression as a set of minutes, hours and weekdays; empty is any.
type times struct{ minutes, hours, weekdays []int }

func (s times) String() string {
	return fmt.Sprintf("%s %s * * %s", list(s.minutes), list(s.hours), list(s.weekdays))
}

func list(numbers []int) string {
	if len(numbers) == 0 {
		return "*"
	}
	var texts []string
	for _, n := range numbers {
		texts = append(texts, strconv.Itoa(n))
	}
	return strings.Join(texts, ",")
}

// fires asks the clock on the wall.
func (s times) fires(at time.Time) bool {
	in := func(set []int, n int) bool { return len(set) == 0 || slices.Contains(set, n) }
	return in(s.minutes, at.Minute()) && in(s.hours, at.Hour()) && in(s.weekdays, int(at.Weekday()))
}

// oracle counts minute by minute: in each it looks ahead, minute by minute, for the next start and the next end.
func oracle(start, end times, from time.Time, minutes int) []bool {
	const ahead = 8 * 24 * 60
	open := make([]bool, minutes)
	nextStart, nextEnd := -1, -1
	for i := minutes + ahead; i >= 0; i-- {
		at := from.Add(time.Duration(i) * time.Minute)
		if i < minutes {
			open[i] = nextEnd >= 0 && (nextStart < 0 || nextEnd <= nextStart)
		}
		if start.fires(at) {
			nextStart = i
		}
		if end.fires(at) {
			nextEnd = i
		}
	}
	return open
}

func drawTimes(t *rapid.T, name string) times {
	numbers := func(what string, top, most int) []int {
		set := rapid.SliceOfNDistinct(rapid.IntRange(0, top), 0, most, rapid.ID[int]).Draw(t, name+" "+what)
		slices.Sort(set)
		return set
	}
	return times{numbers("minutes", 59, 2), numbers("hours", 23, 3), numbers("weekdays", 6, 6)}
}

// Whatever the pair of expressions, and whether the clocks change or not, the simulation is what looking ahead in every single
// minute gives.
func TestSimulateEqualsTheMinuteByMinuteOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start, end := drawTimes(t, "start"), drawTimes(t, "end")
		name := rapid.SampledFrom(zones[:5]).Draw(t, "zone") // without that whose clocks change at midnight
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		month := rapid.SampledFrom([]time.Month{1, 3, 4, 9, 10, 11}).Draw(t, "month")
		from := time.Date(2026, month, rapid.IntRange(1, 28).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour"), 0, 0, 0, zone)
		const days = 4
		spans, err := keda.Simulate(keda.Cron{Start: start.String(), End: end.String(), Zone: name, Executors: 7}, from, from.Add(days*24*time.Hour))
		if start.String() == end.String() {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		compare(t, spans, oracle(start, end, from, days*24*60), from)
	})
}

func compare(t *rapid.T, spans []keda.Span, open []bool, from time.Time) {
	i := 0
	for n, s := range spans {
		require.True(t, s.From.Before(s.To))
		if n > 0 {
			require.True(t, s.From.Equal(spans[n-1].To))
			require.NotEqual(t, s.Count, spans[n-1].Count)
		}
		for ; i < len(open) && from.Add(time.Duration(i)*time.Minute).Before(s.To); i++ {
			require.Equal(t, open[i], s.Count == 7, "%s in %v", from.Add(time.Duration(i)*time.Minute), spans)
		}
	}
	require.Equal(t, len(open), i)
}

// Whatever the zone, what is simulated is what KEDA's own code gives when it is asked anew in every minute, also on days that begin at
// one o'clock and where the clocks change by half an hour.
func TestSimulateEqualsKEDAsCodeInEveryMinute(t *testing.T) {
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	rapid.Check(t, func(t *rapid.T) {
		start, end := drawTimes(t, "start").String(), drawTimes(t, "end").String()
		name := rapid.SampledFrom([]string{"America/Santiago", "Australia/Lord_Howe", "Asia/Beirut", "America/Havana", "Europe/Berlin"}).Draw(t, "zone")
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		from := time.Date(2026, rapid.SampledFrom([]time.Month{3, 4, 9, 10, 11}).Draw(t, "month"), rapid.IntRange(1, 31).Draw(t, "day"), 0, 0, 0, 0, zone)
		const minutes = 2 * 24 * 60
		spans, err := keda.Simulate(keda.Cron{Start: start, End: end, Zone: name, Executors: 7}, from, from.Add(minutes*time.Minute))
		if start == end {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		starts, err := parser.Parse(start)
		require.NoError(t, err)
		ends, err := parser.Parse(end)
		require.NoError(t, err)
		open := make([]bool, minutes)
		for i := range open {
			now := from.Add(time.Duration(i) * time.Minute)
			open[i] = kedasRule(now, starts.Next(now), ends.Next(now))
		}
		compare(t, spans, open, from)
	})
}

// kedasRule is cronScaler.GetMetricsAndActivity, word by word.
func kedasRule(currentTime, nextStartTime, nextEndTime time.Time) bool {
	if nextStartTime.Before(nextEndTime) {
		return currentTime.After(nextStartTime) && currentTime.Before(nextEndTime)
	}
	return currentTime.After(nextStartTime) || currentTime.Before(nextEndTime)
}

// simulated writes what a pair wants in a week, which begins on Monday, 5 January 2026.
func simulated(t *testing.T, start, end string) []string {
	t.Helper()
	from := time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)
	spans, err := keda.Simulate(keda.Cron{Start: start, End: end, Zone: "Etc/UTC", Executors: 1}, from, from.AddDate(0, 0, 7))
	require.NoError(t, err)
	var on []string
	for _, s := range spans {
		if s.Count > 0 {
			on = append(on, s.From.Format("Mon 15")+" to "+s.To.Format("Mon 15"))
		}
	}
	return on
}

// The table of pairs that were tried on KEDA's own parser and rule.
func TestPairsThatWereTried(t *testing.T) {
	assert.Equal(t, []string{"Mon 08 to Mon 18", "Tue 08 to Tue 18", "Wed 08 to Wed 18", "Thu 08 to Thu 18", "Fri 08 to Fri 18"},
		simulated(t, "0 8 * * 1-5", "0 18 * * 1-5"))
	assert.Equal(t, []string{"Mon 08 to Mon 18", "Tue 08 to Tue 18", "Wed 08 to Wed 18", "Thu 08 to Thu 18", "Fri 08 to Sun 18"},
		simulated(t, "0 8 * * 1-5", "0 18 * * *"))
	assert.Equal(t, "Mon 12 to Mon 18", simulated(t, "0 8,12 * * *", "0 18 * * *")[0])
	assert.Equal(t, []string{"Mon 08 to Mon 18", "Tue 08 to Tue 18", "Wed 08 to Wed 18", "Thu 08 to Thu 18", "Fri 08 to Fri 18"},
		simulated(t, "0 8 * * *", "0 18 * * 1-5"))
	assert.Equal(t, []string{"Mon 00 to Mon 00"}, simulated(t, "0 8 30 2 *", "0 18 * * *"), "always on")
	assert.Empty(t, simulated(t, "0 8 * * *", "0 18 30 2 *"), "never on")
	assert.Equal(t, []string{"Mon 00 to Mon 00"}, simulated(t, "0 8 * * *", "00 8 * * *"), "always on")
}

func TestTraps(t *testing.T) {
	for _, c := range []struct {
		start, end string
		want       []keda.Code
	}{
		{"0 8 * * 1-5", "0 18 * * 1-5", nil},
		{"0 0 * * 1-5", "0 0 * * 2-6", nil},
		{"0 22 * * 1-5", "0 6 * * 2-6", nil},
		{"0 8 * * 1-5", "0 18 * * *", []keda.Code{keda.SkippedEnd}},
		{"0 8,12 * * *", "0 18 * * *", []keda.Code{keda.SkippedStart}},
		{"0 8 * * *", "0 18 * * 1-5", []keda.Code{keda.SkippedStart}},
		{"0 8 30 2 *", "0 18 * * *", []keda.Code{keda.AlwaysOn}},
		{"0 8 * * *", "0 18 30 2 *", []keda.Code{keda.NeverOn}},
		{"0 8 * * *", "00 8 * * *", []keda.Code{keda.AlwaysOn}},
		{"30 2 * * *", "0 4 * * *", []keda.Code{keda.SkippedEnd}}, // on the day on which 02:30 does not come
	} {
		trigger, err := keda.Cron{Start: c.start, End: c.end, Zone: "America/New_York", Executors: 1}.Trigger()
		require.NoError(t, err)
		var got []keda.Code
		for _, i := range keda.CheckTrigger(trigger, keda.Given{}) {
			assert.Equal(t, keda.Warning, i.Severity)
			assert.True(t, i.Silent)
			got = append(got, i.Code)
		}
		assert.Equal(t, c.want, got, "%s | %s", c.start, c.end)
	}
}

// When the clocks go forward there is no 02:30 on that day; when they go back there are two.
func TestChangesOfTheClocks(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	night := keda.Window{From: 2*time.Hour + 30*time.Minute, To: 4 * time.Hour, Zone: "America/New_York", Executors: 3}

	spring := time.Date(2026, time.March, 8, 0, 0, 0, 0, zone)
	spans, err := keda.Simulate(night, spring, spring.AddDate(0, 0, 1))
	require.NoError(t, err)
	require.Len(t, spans, 2, "it is open since the end of the night before: the next end comes before the next start")
	assert.Equal(t, []int{3, 0}, []int{spans[0].Count, spans[1].Count})
	assert.Equal(t, "Sun 2026-03-08 00:00 EST to Sun 2026-03-08 04:00 EDT: 3", spans[0].String())

	autumn := time.Date(2026, time.November, 1, 0, 0, 0, 0, zone)
	spans, err = keda.Simulate(keda.Weekdays(8, 18, "America/New_York", 1), autumn.AddDate(0, 0, -2), autumn.AddDate(0, 0, 2))
	require.NoError(t, err)
	var on time.Duration
	for _, s := range spans {
		if s.Count > 0 {
			on += s.To.Sub(s.From)
		}
	}
	assert.Equal(t, 20*time.Hour, on, "Friday and Monday")
}

func TestSimulateRefuses(t *testing.T) {
	from := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	_, err := keda.Simulate(keda.External{Address: "a:1"}, from, from.AddDate(0, 0, 1))
	require.ErrorIs(t, err, &keda.Refusal{Code: keda.RefuseNotCron})
	_, err = keda.Simulate(keda.Weekdays(8, 18, "Etc/UTC", 1), from, from.AddDate(3, 0, 0))
	require.ErrorIs(t, err, &keda.Refusal{Code: keda.RefuseRange})
	var invalid *keda.InvalidError
	_, err = keda.Simulate(keda.Cron{Start: "TZ=Etc/UTC", End: "0 1 * * *", Zone: "Etc/UTC", Executors: 1}, from, from.AddDate(0, 0, 1))
	require.ErrorAs(t, err, &invalid)
	spans, err := keda.Simulate(keda.Weekdays(8, 18, "Etc/UTC", 1), from, from)
	require.NoError(t, err)
	assert.Empty(t, spans)
}

func FuzzCron(f *testing.F) {
	f.Add("0 8 * * 1-5", "0 18 * * 1-5", "America/New_York", "10")
	f.Add("TZ=", "CRON_TZ=UTC", "Local", "-1")
	f.Add("CRON_TZ=Europe/Berlin 0 0 30 2 *", "@daily", "", "1e3")
	f.Fuzz(func(t *testing.T, start, end, zone, count string) {
		trigger := keda.Trigger{Type: "cron", Metadata: map[string]string{"start": start, "end": end, "timezone": zone, "desiredReplicas": count}}
		issues := keda.CheckTrigger(trigger, keda.Given{})
		from := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
		spans, err := keda.Simulate(trigger, from, from.Add(6*time.Hour))
		if err == nil {
			if len(spans) == 0 || !spans[0].From.Equal(from) || !spans[len(spans)-1].To.Equal(from.Add(6*time.Hour)) {
				t.Errorf("%v: the spans do not cover the time: %v", issues, spans)
			}
		}
	})
}
