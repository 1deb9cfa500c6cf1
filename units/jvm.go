package units

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseError says why a text is not what its reader expects, and what to write instead.
type ParseError struct {
	// Input is the text as given.
	Input string
	// As names the notation that was expected.
	As string
	// Reason says what is wrong.
	Reason string
	// Remedy says what to write.
	Remedy string
}

// Error implements error.
func (e *ParseError) Error() string {
	return fmt.Sprintf("%q is not a %s: %s; %s", e.Input, e.As, e.Reason, e.Remedy)
}

var byteSuffixes = map[string]Bytes{
	"b": 1, "k": kib, "kb": kib, "m": mib, "mb": mib, "g": gib, "gb": gib, "t": tib, "tb": tib, "p": pib, "pb": pib,
}

const jvmRemedy = `write a whole number with b, k, m, g, t or p, for example "1536m"`

// ParseJVM reads a size as Spark does (JavaUtils.byteStringAs, Spark 3.5 and 4.x): a whole number and one of b,
// k, kb, m, mb, g, gb, t, tb, p, pb in either case, all binary. A bare number counts the unit of the key that
// it is for (MiB for spark.executor.memory, one byte for spark.memory.offHeap.size), and the result is
// truncated to whole units, as Spark truncates. Fractions are refused as Spark refuses them, and so is what
// Spark would silently truncate to zero.
func ParseJVM(s string, unit Bytes) (Bytes, error) {
	fail := func(reason string) (Bytes, error) {
		return 0, &ParseError{Input: s, As: "JVM size", Reason: reason, Remedy: jvmRemedy}
	}
	digits, suffix := splitNumber(strings.ToLower(strings.TrimSpace(s)))
	if digits == "" {
		return fail("it does not begin with a whole number")
	}
	if strings.HasPrefix(suffix, ".") {
		return fail("Spark refuses fractions")
	}
	scale := unit
	if suffix != "" {
		var known bool
		if scale, known = byteSuffixes[suffix]; !known {
			return fail(fmt.Sprintf("Spark does not know the suffix %q", suffix))
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return fail("it is too large")
	}
	b, err := Bytes(n).Scale(int64(scale))
	if err != nil {
		return fail("it is too large")
	}
	if truncated := b - b%unit; truncated != 0 || b == 0 {
		return truncated, nil
	}
	return fail(fmt.Sprintf("Spark truncates it to 0, because the key counts in units of %s", unit))
}

// MustParseJVM is [ParseJVM] for constants in code and tests; it panics on an error.
func MustParseJVM(s string, unit Bytes) Bytes {
	b, err := ParseJVM(s, unit)
	if err != nil {
		panic(err)
	}
	return b
}

func splitNumber(s string) (digits, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}
