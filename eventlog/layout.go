package eventlog

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	// rollingPart is a file of a rolling log (RollingEventLogFilesWriter): events_<n>_<application>[.codec][.compact].
	// The name of an application has no dot.
	rollingPart = regexp.MustCompile(`^events_(\d{1,9})_([^.]*)`)
	// databricksPart is a closed part of a Databricks log; the open tail beside it is called eventlog.
	databricksPart = regexp.MustCompile(`^eventlog-\d{4}-\d{2}-\d{2}--\d{2}-\d{2}`)
)

const (
	rollingFolder  = "eventlog_v2_"
	databricksTail = "eventlog"
	compacted      = ".compact"
)

// ignored are files that lie beside logs.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "appstatus_") || strings.HasSuffix(name, ".crc") || strings.HasSuffix(name, ".jar")
}

// isPart tells by its name a file that belongs to a log of several, even if nothing can be read of it.
func isPart(file string) bool {
	folder, name := path.Split(file)
	return databricksPart.MatchString(name) || rollingPart.MatchString(name) && strings.HasPrefix(path.Base(folder), rollingFolder)
}

// group makes logs of the files of one folder, or of one file that was named itself: the parts of a rolling log are
// one, each other file is one.
func group(parts []part, folder string) []Log {
	rolling := map[string][]part{}
	var databricks, tail, logs []part
	for _, p := range parts {
		name := path.Base(p.name)
		switch match := rollingPart.FindStringSubmatch(name); {
		case match != nil:
			rolling[match[2]] = append(rolling[match[2]], p)
		case databricksPart.MatchString(name):
			databricks = append(databricks, p)
		case name == databricksTail:
			tail = append(tail, p)
		default:
			logs = append(logs, p)
		}
	}
	if len(databricks) == 0 {
		logs, tail = append(logs, tail...), nil
	}
	var found []Log
	for _, p := range logs {
		found = append(found, Log{Name: p.name, parts: []part{p}})
	}
	several := len(rolling) > 1
	for _, app := range slices.Sorted(maps.Keys(rolling)) {
		found = append(found, rollingLog(rolling[app], folder, several))
	}
	if len(databricks) > 0 {
		found = append(found, databricksLog(databricks, tail, folder))
	}
	return found
}

// rollingLog puts the parts in the order of their numbers and says what is missing among them.
func rollingLog(parts []part, folder string, several bool) Log {
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(partNumber(a), partNumber(b)) })
	log := partsLog(parts, folder, func(p part) string { return strconv.Itoa(partNumber(p)) })
	if several {
		log.Name = parts[0].name
	}
	for _, p := range parts {
		if strings.HasSuffix(p.name, compacted) {
			log.err = at(p.name, ErrCompacted)
		}
	}
	var missing []string
	want := 1
	for _, p := range parts {
		for n := partNumber(p); want < n && len(missing) < 10; want++ {
			missing = append(missing, strconv.Itoa(want))
		}
		want = partNumber(p) + 1
	}
	if len(missing) > 0 && folder != "" {
		log.cut = "parts are missing from the rolling log: " + strings.Join(missing, ", ")
	}
	return log
}

func partNumber(p part) int {
	n, _ := strconv.Atoi(rollingPart.FindStringSubmatch(path.Base(p.name))[1])
	return n
}

// databricksLog puts the parts in the order of their dates.
func databricksLog(parts, tail []part, folder string) Log {
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.name, b.name) })
	log := partsLog(parts, folder, func(p part) string { return databricksPart.FindString(path.Base(p.name)) })
	log.parts = append(log.parts, tail...)
	return log
}

// partsLog refuses a part that is there twice, as when it was unpacked beside its original.
func partsLog(parts []part, folder string, id func(part) string) Log {
	if folder == "" {
		return Log{Name: parts[0].name, parts: parts, notes: []string{"one part of a log was named; its folder holds the whole log"}}
	}
	log := Log{Name: folder, parts: parts}
	for i, p := range parts[1:] {
		if id(p) == id(parts[i]) {
			log.err = at(folder, fmt.Errorf("part %s of the log is there twice, as %s and %s; keep one of them", id(p), shown(path.Base(parts[i].name)), shown(path.Base(p.name))))
		}
	}
	return log
}
