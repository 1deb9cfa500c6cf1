package units_test

import (
	"fmt"
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
