package units_test

import (
	"fmt"
	"math"
	"time"

	"github.com/sparkscale/sparkscale/units"
)

func ExampleParseJVM() {
	heap, err := units.ParseJVM("14g", units.MiB(1))
	fmt.Println(heap, err)
	_, err = units.ParseJVM("1.5g", units.MiB(1))
	fmt.Println(err)
	// Output:
	// 14 GiB <nil>
	// "1.5g" is not a JVM size: Spark refuses fractions; write a whole number with b, k, m, g, t or p, for example "1536m"
}

func ExampleParseTime() {
	_, err := units.ParseTime("500ms", time.Second)
	fmt.Println(err)
	// Output:
	// "500ms" is not a Spark time: Spark truncates it to 0, because the key counts in units of 1s; write a whole number with us, ms, s, m, min, h or d, for example "60s"
}

func ExampleParseQuantity() {
	_, err := units.ParseQuantity("512m")
	fmt.Println(err)
	// Output:
	// "512m" is not a Kubernetes memory quantity: it is less than one byte (m is milli to Kubernetes); for mebibytes write "512Mi"
}

func ExampleParseCPU() {
	cpu, err := units.ParseCPU("1500m")
	fmt.Println(cpu.Cores(), err)
	// Output: 1.5 <nil>
}

func ExampleGiB() {
	budget, err := units.GiB(16).Add(units.MiB(384))
	fmt.Println(budget, budget.JVM(), err)
	// Output: 16768 MiB 16768m <nil>
}

func ExampleCores() {
	fmt.Println(units.Cores(2), units.MilliCPU(500))
	// Output: 2 500m
}

func ExampleMustParseJVM() {
	fmt.Println(units.MustParseJVM("14g", units.MiB(1)))
	defer func() { fmt.Println("panic:", recover() != nil) }()
	units.MustParseJVM("1.5g", units.MiB(1))
	// Output:
	// 14 GiB
	// panic: true
}

func ExampleKiB() {
	fmt.Println(int64(units.KiB(512)), units.KiB(math.MaxInt64) == units.MaxBytes)
	// Output: 524288 true
}

func ExampleTiB() {
	fmt.Println(int64(units.TiB(2)), units.TiB(math.MaxInt64) == units.MaxBytes)
	// Output: 2199023255552 true
}

func ExampleFormatTime() {
	fmt.Println(units.FormatTime(time.Minute), units.FormatTime(1500*time.Millisecond))
	// Output: 60s 1500ms
}
