package units

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Forever is the longest duration. Spark writes its "never" as Int.MaxValue seconds or Long.MaxValue
// milliseconds; both, and everything else that a time.Duration cannot hold, read as Forever.
const Forever time.Duration = math.MaxInt64

// sparkForever is Int.MaxValue seconds, the default of spark.dynamicAllocation.cachedExecutorIdleTimeout.
const sparkForever = math.MaxInt32 * time.Second

var timeSuffixes = map[string]time.Duration{
	"us": time.Microsecond, "ms": time.Millisecond, "s": time.Second, "m": time.Minute, "min": time.Minute,
	"h": time.Hour, "d": 24 * time.Hour,
}

const timeRemedy = `write a whole number with us, ms, s, m, min, h or d, for example "60s"`

// ParseTime reads a time as Spark does (JavaUtils.timeStringAs, Spark 3.5 and 4.x): a whole number, which may be
// negative, and one of us, ms, s, m, min, h, d in either case. A bare number counts the unit of the key that it
// is for, and the result is truncated to whole units, as Spark truncates. Refused are fractions, as by Spark,
// and what Spark would silently truncate to zero ("500ms" for a key in seconds).
func ParseTime(s string, unit time.Duration) (time.Duration, error) {
	fail := func(reason string) (time.Duration, error) {
		return 0, &ParseError{Input: s, As: "Spark time", Reason: reason, Remedy: timeRemedy}
	}
	text, negative := strings.CutPrefix(strings.ToLower(strings.TrimSpace(s)), "-")
	digits, suffix := splitNumber(text)
	if digits == "" {
		return fail("it does not begin with a whole number")
	}
	if strings.HasPrefix(suffix, ".") {
		return fail("Spark refuses fractions")
	}
	scale := unit
	if suffix != "" {
		var known bool
		if scale, known = timeSuffixes[suffix]; !known {
			return fail(fmt.Sprintf("Spark does not know the suffix %q", suffix))
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return fail("it is too large")
	}
	d := duration(n, scale)
	if d != Forever && d != 0 {
		if d -= d % unit; d == 0 {
			return fail(fmt.Sprintf("Spark truncates it to 0, because the key counts in units of %s", unit))
		}
	}
	if negative {
		return -d, nil
	}
	return d, nil
}

func duration(n int64, scale time.Duration) time.Duration {
	if n > int64(Forever)/int64(scale) {
		return Forever
	}
	if d := time.Duration(n) * scale; d < sparkForever {
		return d
	}
	return Forever
}

// FormatTime writes d as Spark reads it, in the largest unit of s, ms and us that is exact: "60s", "1500ms".
// [Forever] is Int.MaxValue seconds, which Spark accepts for every key and takes for "never".
func FormatTime(d time.Duration) string {
	switch {
	case d >= sparkForever:
		return strconv.FormatInt(int64(sparkForever/time.Second), 10) + "s"
	case d%time.Second == 0:
		return strconv.FormatInt(int64(d/time.Second), 10) + "s"
	case d%time.Millisecond == 0:
		return strconv.FormatInt(int64(d/time.Millisecond), 10) + "ms"
	}
	return strconv.FormatInt(int64(d/time.Microsecond), 10) + "us"
}
