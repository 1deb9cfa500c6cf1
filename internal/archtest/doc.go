// Package archtest holds the module to its architecture: which room may import which, what the pure rooms keep away from, and
// the few habits of code that a program can check. It is made of tests alone; the law itself is data, in house_test.go, and
// ARCHITECTURE.md shows the same table.
//
// A violation names the place, the rule and the remedy. To change the law, change house_test.go and ARCHITECTURE.md in one
// commit that says why.
package archtest
