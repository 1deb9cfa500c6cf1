// Package golden compares what a test made with a file under its testdata folder:
//
//	golden.Equal(t, "plan.json", out)
//
// Where they differ the test fails and shows the lines that do. With SPARKSCALE_GOLDEN_UPDATE=1 in the environment the file is
// written instead; read the difference in version control before committing it. Where CI is set an update is refused, so that
// a continuous build can only ever check.
package golden
