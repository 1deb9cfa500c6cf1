package eventlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sparkscale/sparkscale/eventlog/internal/codec"
)

var (
	// rollingPart is a file of a rolling log (RollingEventLogFilesWriter): events_<n>_<application>[.codec][.compact].
	rollingPart = regexp.MustCompile(`^events_(\d{1,9})_`)
	// databricksPart is a closed part of a Databricks log; the open tail beside it is called eventlog.
	databricksPart = regexp.MustCompile(`^eventlog-\d{4}-\d{2}-\d{2}--\d{2}-\d{2}`)
)

const databricksTail = "eventlog"

// ignored are files that lie beside logs.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".crc") || strings.HasPrefix(name, "appstatus_")
}

// group makes logs of the files of one folder: the parts of a rolling one are one log, each other file is one.
func group(parts []part, folder string) []Log {
	var rolling, databricks, tail, logs []part
	for _, p := range parts {
		switch name := path.Base(p.name); {
		case rollingPart.MatchString(name):
			rolling = append(rolling, p)
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
	if len(rolling) > 0 {
		found = append(found, rollingLog(rolling, folder))
	}
	if len(databricks) > 0 {
		slices.SortFunc(databricks, func(a, b part) int { return strings.Compare(a.name, b.name) })
		found = append(found, Log{Name: nameOf(folder, databricks), parts: append(databricks, tail...)})
	}
	return found
}

func nameOf(folder string, parts []part) string {
	if folder == "" {
		return parts[0].name
	}
	return folder
}

// rollingLog puts the parts in the order of their numbers and says what is missing among them.
func rollingLog(parts []part, folder string) Log {
	slices.SortStableFunc(parts, func(a, b part) int { return partNumber(a) - partNumber(b) })
	log := Log{Name: nameOf(folder, parts), parts: parts}
	for _, p := range parts {
		if strings.HasSuffix(p.name, ".compact") {
			log.err = fmt.Errorf("%s: %w", p.name, ErrCompacted)
		}
	}
	if folder == "" {
		log.notes = []string{"one part of a rolling log was named; the folder holds the whole log"}
		return log
	}
	var missing []string
	want := 1
	for _, p := range parts {
		for n := partNumber(p); want < n && len(missing) < 10; want++ {
			missing = append(missing, strconv.Itoa(want))
		}
		want = partNumber(p) + 1
	}
	if len(missing) > 0 {
		log.cut = "parts missing from the rolling log: " + strings.Join(missing, ", ")
	}
	return log
}

func partNumber(p part) int {
	n, _ := strconv.Atoi(rollingPart.FindStringSubmatch(path.Base(p.name))[1])
	return n
}

// sniffLength is how much of a file is looked at to tell whether it is a log.
const sniffLength = 64 << 10

var eventMember = regexp.MustCompile(`"Event"\s*:\s*"`)

// sniff tells the codec of a file and whether it begins as an event log does.
func (f *finder) sniff(p part) (kind codec.Kind, isLog bool, err error) {
	file, err := p.open()
	if err != nil {
		return "", false, fmt.Errorf("%s: %w", p.name, err)
	}
	defer func() { _ = file.Close() }()
	stream, err := codec.NewReader(file, f.limits)
	switch {
	case errors.Is(err, codec.ErrZip):
		return codec.Zip, false, nil
	case err != nil:
		return "", false, fmt.Errorf("%s: %w", p.name, err)
	}
	defer func() { _ = stream.Close() }()
	head := make([]byte, sniffLength)
	n, _ := io.ReadFull(stream, head) // what is wrong further on is found by reading
	line, _, _ := bytes.Cut(bytes.TrimSpace(head[:n]), []byte("\n"))
	return stream.Kind(), bytes.HasPrefix(line, []byte("{")) && eventMember.Match(line), nil
}

// zip takes the logs out of the archive that the REST API sends: one file, a rolling folder, or several attempts.
func (f *finder) zip(file string, p part) error {
	opened, err := f.fsys.Open(file)
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, cause(err))
	}
	at, ok := opened.(io.ReaderAt)
	if !ok {
		return errors.Join(fmt.Errorf("%s: a zip needs a file system that can read anywhere", p.name), opened.Close())
	}
	entries, err := codec.OpenZip(at, p.size, f.limits)
	if err = errors.Join(err, opened.Close()); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	if len(entries) == 0 {
		return fmt.Errorf("%s: %w: the zip is empty, as a live driver sends it; ask a History Server", p.name, ErrNoLogs)
	}
	folders := map[string][]part{}
	var order []string
	for i, entry := range entries {
		if dir, base := path.Split(entry.Name); !ignored(base) {
			if _, seen := folders[dir]; !seen {
				order = append(order, dir)
			}
			folders[dir] = append(folders[dir], f.zipPart(file, p, i, entry))
		}
	}
	for _, dir := range order {
		f.logs = append(f.logs, group(folders[dir], path.Join(p.name, dir))...)
	}
	return nil
}

// zipPart opens the archive anew for each reading, so that nothing stays open in between.
func (f *finder) zipPart(file string, p part, index int, entry codec.ZipEntry) part {
	return part{name: p.name + "/" + entry.Name, open: func() (io.ReadCloser, error) {
		opened, err := f.fsys.Open(file)
		if err != nil {
			return nil, cause(err)
		}
		entries, err := codec.OpenZip(opened.(io.ReaderAt), p.size, f.limits)
		if err != nil {
			return nil, errors.Join(err, opened.Close())
		}
		inner, err := entries[index].Open()
		if err != nil {
			return nil, errors.Join(err, opened.Close())
		}
		return &nested{ReadCloser: inner, outer: opened}, nil
	}}
}

// nested closes an entry and its archive.
type nested struct {
	io.ReadCloser
	outer io.Closer
}

func (n *nested) Close() error { return errors.Join(n.ReadCloser.Close(), n.outer.Close()) }
