// Package gen answers: what would Spark have written of a run of this many tasks? It makes event logs of any size for
// tests and benchmarks, and says what is in them.
//
//	facts, err := gen.Write(file, gen.Options{Seed: 1, Tasks: 100_000})
//
// The lines are as Spark 3.5 writes them for SQL queries on executors: members in its order, task ends with the
// accumulables of SQL and of Spark itself (some 3.5 kB), plans, block updates, adaptive updates, a few tasks that fail or
// are killed. The same options give the same bytes. Times are in milliseconds and sizes in bytes, as in Spark's.
//
// What it does not do: the numbers have the shape of real ones but tell of no real run, so that nothing can be learnt
// from them about sizing.
package gen
