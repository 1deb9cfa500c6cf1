package spark

import (
	"fmt"
	"strconv"
	"strings"
)

// Version is a Spark release. The zero value is "unknown", older than every release.
type Version struct {
	Major, Minor, Patch int
	// Suffix is what follows the numbers, for example "-SNAPSHOT" or ".dbr.13".
	Suffix string
}

// The release lines whose behaviour is modelled from their sources.
var (
	V35 = Version{Major: 3, Minor: 5}
	V40 = Version{Major: 4}
	V41 = Version{Major: 4, Minor: 1}
	V42 = Version{Major: 4, Minor: 2}
)

// ParseVersion reads a version as an event log or a manifest states it: "3.5.6", "4.2.0-SNAPSHOT", "3.5".
func ParseVersion(s string) (Version, error) {
	var v Version
	rest := strings.TrimPrefix(strings.TrimSpace(s), "v")
	for i, part := range []*int{&v.Major, &v.Minor, &v.Patch} {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.Atoi(rest[:digits])
		if err != nil {
			if i == 2 {
				break
			}
			return Version{}, fmt.Errorf("spark: %q is no Spark version; write for example 3.5.6", s)
		}
		*part, rest = n, rest[digits:]
		if i == 2 || !strings.HasPrefix(rest, ".") {
			break
		}
		if i == 1 && (len(rest) < 2 || rest[1] < '0' || rest[1] > '9') {
			break
		}
		rest = rest[1:]
	}
	v.Suffix = rest
	return v, nil
}

// AtLeast reports whether v is that release or a later one; a suffix does not count.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// Known reports whether v names a release.
func (v Version) Known() bool { return v != Version{} }

// String writes "3.5.6", or "unknown".
func (v Version) String() string {
	if !v.Known() {
		return "unknown"
	}
	return fmt.Sprintf("%d.%d.%d%s", v.Major, v.Minor, v.Patch, v.Suffix)
}
