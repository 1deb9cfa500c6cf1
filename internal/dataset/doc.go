// Package dataset finds the conformance data that tests measure the module against: real event logs, traces and manifests
// with the answers recorded or published for them. The data is not part of the repository.
//
// The folder is the one that the environment variable SPARKSCALE_DATA names, or else a default beside the repository. It
// holds one collection a folder ("eam", "recordings", …), and a test finds its cases through the index file of a collection,
// never by name, so that the same test passes over another folder of the same layout:
//
//	var cases []struct{ Scn, Trace string }
//	dataset.JSON(t, "eam/index.json", &cases)
//	for _, c := range cases {
//		script, err := os.ReadFile(dataset.Path(t, "eam", c.Scn))
//		…
//	}
//
// Where the folder or a collection is absent the test is skipped with a line that starts with [SkipPrefix], so that skips for
// want of data can be counted. Something missing inside a collection that is there is a failure: its index is wrong.
package dataset
