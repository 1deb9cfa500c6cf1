package sizing

import (
	"fmt"
	"math"
	"sort"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// BudgetError says that no executor of the shape fits into a budget, however small its heap.
type BudgetError struct {
	// Budget is what there was, Smallest the pod of an executor with the smallest heap that Spark accepts (450 MiB).
	Budget, Smallest units.Bytes
}

// Error implements error.
func (e *BudgetError) Error() string {
	return fmt.Sprintf("sizing: no executor fits into %s: with the smallest heap of 450 MiB its pod needs %s; give it at least that",
		e.Budget, e.Smallest)
}

// LargestHeap returns the largest heap in whole MiB with which the pod of the shape fits into the budget, a pod's
// memory in bytes; the shape's own heap does not count. Spark truncates the overhead, so the heap is searched on
// the exact function and not divided: dividing is wrong by up to 1 MiB. It fails with a *[BudgetError] where
// nothing fits, and with an *[InvalidError] where the rest of the shape is invalid.
func LargestHeap(budget units.Bytes, s Shape, v spark.Version) (units.Bytes, error) {
	s.Heap = minHeap
	if err := s.Validate(v); err != nil {
		return 0, err
	}
	smallest, err := s.memory(v)
	if err != nil {
		return 0, err
	}
	if smallest > budget {
		return 0, &BudgetError{Budget: budget, Smallest: smallest}
	}
	most := int(min((budget-minHeap)/mib, math.MaxInt32)) // 2 PiB
	tooLarge := sort.Search(most, func(more int) bool {
		s.Heap = minHeap + units.MiB(int64(more)+1)
		memory, err := s.memory(v)
		return err != nil || memory > budget
	})
	return minHeap + units.MiB(int64(tooLarge)), nil
}

// memory is the memory of the pod, without its working.
func (s Shape) memory(v spark.Version) (units.Bytes, error) {
	return sum(s.heap(), s.overhead(v), s.OffHeap, s.pySpark())
}
