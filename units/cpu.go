package units

import (
	"fmt"
	"math"

	"k8s.io/apimachinery/pkg/api/resource"
)

// MilliCPU is an amount of processor time per time in thousandths of a core, the unit of Kubernetes.
type MilliCPU int64

// Cores returns n whole cores.
func Cores(n int) MilliCPU { return MilliCPU(n) * 1000 }

// Cores returns the amount in cores, for display and prices.
func (c MilliCPU) Cores() float64 { return float64(c) / 1000 }

// Add returns c + d, or [ErrOverflow].
func (c MilliCPU) Add(d MilliCPU) (MilliCPU, error) {
	sum, err := Bytes(c).Add(Bytes(d))
	return MilliCPU(sum), err
}

// Scale returns c times n, or [ErrOverflow].
func (c MilliCPU) Scale(n int64) (MilliCPU, error) {
	product, err := Bytes(c).Scale(n)
	return MilliCPU(product), err
}

// Quantity returns c as a Kubernetes quantity: "2" or "500m".
func (c MilliCPU) Quantity() resource.Quantity {
	return *resource.NewMilliQuantity(int64(c), resource.DecimalSI)
}

// String writes c as Kubernetes does: "2" for whole cores, "500m" else.
func (c MilliCPU) String() string {
	q := c.Quantity()
	return q.String()
}

// ParseCPU reads a Kubernetes CPU quantity ("2", "500m", "0.5"), rounding up to a thousandth of a core as
// Kubernetes does.
func ParseCPU(s string) (MilliCPU, error) {
	q, err := parseQuantity(s)
	if err != nil {
		return 0, &ParseError{Input: s, As: "Kubernetes CPU quantity", Reason: err.Error(), Remedy: `write for example "2" or "500m"`}
	}
	if q.Cmp(*resource.NewMilliQuantity(math.MaxInt64, resource.DecimalSI)) > 0 {
		return 0, fmt.Errorf("%w: %s", ErrOverflow, s)
	}
	return MilliCPU(q.MilliValue()), nil
}
