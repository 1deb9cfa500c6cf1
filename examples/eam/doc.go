// Command eam plays scripted scenarios against allocation.Manager, the model of Spark's ExecutorAllocationManager, and prints
// what it did: the same text that a recording of the real class holds.
//
//	go run ./examples/eam FILE.scn…
//
// A scenario is settings, resource profiles, and events with their times:
//
//	# each round asks for twice as many executors as the one before
//	conf spark.dynamicAllocation.maxExecutors 20
//	at 300 stage-submitted 0.0 tasks=100 rp=0
//	run-until 4000
//
// and its trace the calls to the backend and what changed, in milliseconds after the start:
//
//	t=1300 request rp0=1
//	t=1300 state rp0.target=1 rp0.add=2 addTime=2300
//
// The manager starts at 0 and is ticked at 0, 100, 200, …; an event at the time of a tick comes before it. The backend is a
// mock whose answers the script sets. Errors go to standard error with file, line and remedy, and the exit status is 1; it is 2
// where no file is named.
package main
