package units

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Bytes is an amount of memory or data in bytes.
type Bytes int64

// MaxBytes is the largest representable amount (2^63 - 1 bytes).
const MaxBytes Bytes = math.MaxInt64

// ErrOverflow is returned where a result does not fit into 63 bits.
var ErrOverflow = errors.New("units: value overflows 63 bits")

const (
	kib Bytes = 1 << 10
	mib Bytes = 1 << 20
	gib Bytes = 1 << 30
	tib Bytes = 1 << 40
	pib Bytes = 1 << 50
)

// KiB returns n kibibytes, saturated at [MaxBytes].
func KiB(n int64) Bytes { return saturated(n, kib) }

// MiB returns n mebibytes, saturated at [MaxBytes].
func MiB(n int64) Bytes { return saturated(n, mib) }

// GiB returns n gibibytes, saturated at [MaxBytes].
func GiB(n int64) Bytes { return saturated(n, gib) }

// TiB returns n tebibytes, saturated at [MaxBytes].
func TiB(n int64) Bytes { return saturated(n, tib) }

func saturated(n int64, unit Bytes) Bytes {
	b, err := Bytes(n).Scale(int64(unit))
	switch {
	case err == nil:
		return b
	case n < 0:
		return -MaxBytes
	}
	return MaxBytes
}

// Add returns b + c, or [ErrOverflow].
func (b Bytes) Add(c Bytes) (Bytes, error) {
	sum := b + c
	if (b > 0 && c > 0 && sum < 0) || (b < 0 && c < 0 && sum >= 0) {
		return 0, fmt.Errorf("%w: %d + %d bytes", ErrOverflow, b, c)
	}
	return sum, nil
}

// Scale returns b times n, or [ErrOverflow].
func (b Bytes) Scale(n int64) (Bytes, error) {
	hi, lo := bits.Mul64(magnitude(int64(b)), magnitude(n))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, fmt.Errorf("%w: %d bytes x %d", ErrOverflow, b, n)
	}
	if (b < 0) != (n < 0) {
		return -Bytes(lo), nil
	}
	return Bytes(lo), nil
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// MiB returns the whole mebibytes in b, truncated toward zero as Spark truncates.
func (b Bytes) MiB() int64 { return int64(b / mib) }

// GiB returns b in gibibytes, for display and prices.
func (b Bytes) GiB() float64 { return float64(b) / float64(gib) }

// JVM writes b as Spark reads it, in the largest binary unit that is exact: "14g", "1408m", "900b".
func (b Bytes) JVM() string {
	for _, u := range []struct {
		size   Bytes
		suffix string
	}{{tib, "t"}, {gib, "g"}, {mib, "m"}, {kib, "k"}} {
		if b != 0 && b%u.size == 0 {
			return strconv.FormatInt(int64(b/u.size), 10) + u.suffix
		}
	}
	return strconv.FormatInt(int64(b), 10) + "b"
}

// Quantity returns b as a Kubernetes quantity with a binary suffix.
func (b Bytes) Quantity() resource.Quantity {
	return *resource.NewQuantity(int64(b), resource.BinarySI)
}

// String writes b for people: exact where a binary unit divides it ("14 GiB", "1408 MiB"), else with three
// significant digits ("3.71 GiB").
func (b Bytes) String() string {
	for _, u := range []struct {
		size Bytes
		name string
	}{{pib, "PiB"}, {tib, "TiB"}, {gib, "GiB"}, {mib, "MiB"}, {kib, "KiB"}} {
		if abs(b) < u.size {
			continue
		}
		if b%u.size == 0 {
			return strconv.FormatInt(int64(b/u.size), 10) + " " + u.name
		}
		if smaller := u.size >> 10; smaller > 1 && b%smaller == 0 && abs(b) < 100*u.size {
			return strconv.FormatInt(int64(b/smaller), 10) + " " + unitName(smaller)
		}
		return strconv.FormatFloat(float64(b)/float64(u.size), 'g', 3, 64) + " " + u.name
	}
	return strconv.FormatInt(int64(b), 10) + " B"
}

func unitName(size Bytes) string {
	return map[Bytes]string{tib: "TiB", gib: "GiB", mib: "MiB", kib: "KiB"}[size]
}

func abs(b Bytes) Bytes {
	if b < 0 {
		return -b
	}
	return b
}

// longestQuantity is far longer than a quantity that makes sense, with all its digits.
const longestQuantity = 64

// parseQuantity bounds what Kubernetes' parser is given: it works out 9e999999999 digit by digit.
func parseQuantity(s string) (resource.Quantity, error) {
	if len(s) > longestQuantity {
		return resource.Quantity{}, errors.New("it is too long")
	}
	if i := strings.LastIndexAny(s, "eE"); i >= 0 && len(strings.TrimLeft(s[i+1:], "+-0")) > 2 {
		return resource.Quantity{}, errors.New("its exponent is too large")
	}
	return resource.ParseQuantity(s)
}

// ParseQuantity reads a Kubernetes memory quantity ("4Gi", "512M", "1073741824") as bytes, rounding a fraction
// of a byte up as Kubernetes does. An amount below one byte, such as "512m" (0.512 bytes: m is milli to
// Kubernetes), is refused with the notation that was probably meant.
func ParseQuantity(s string) (Bytes, error) {
	q, err := parseQuantity(s)
	if err != nil {
		return 0, &ParseError{Input: s, As: "Kubernetes quantity", Reason: err.Error(), Remedy: `write for example "4Gi" or "512Mi"`}
	}
	if q.Sign() > 0 && q.Cmp(*resource.NewQuantity(1, resource.BinarySI)) < 0 {
		return 0, &ParseError{Input: s, As: "Kubernetes memory quantity", Reason: "it is less than one byte (m is milli to Kubernetes)", Remedy: `for mebibytes write "512Mi"`}
	}
	if q.Cmp(*resource.NewQuantity(math.MaxInt64, resource.BinarySI)) >= 0 { // the parser caps there
		return 0, fmt.Errorf("%w: %s", ErrOverflow, s)
	}
	return Bytes(q.Value()), nil
}
