package observe

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/workload"
)

// record is the head of an entry of a log, or a line that continues one.
type record struct {
	at    workload.Instant
	level string
	class string
	text  string
	// head is false for a line that continues the entry before.
	head bool
}

const levels = `(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)`

var levelNames = strings.Split(strings.Trim(levels, "()"), "|")

var (
	// otherHead is what images with a pattern of their own write: an ISO time, a level, a logger, in that order.
	otherHead = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?Z?\b.{0,80}?\b` + levels + `\b:?\s+(?:\[[^\]]{0,200}\]\s+)?([\w.$]{1,200})(?: ?[-:])+ ?(.*)`)
	// stamped is what kubectl logs --timestamps puts before each line.
	stamped = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{1,9}Z `)
)

// structured is a line of spark.log.structuredLogging.enabled (Spark 4).
type structured struct {
	TS        string `json:"ts"`
	Level     string `json:"level"`
	Msg       string `json:"msg"`
	Logger    string `json:"logger"`
	Exception struct {
		Class string `json:"class"`
		Msg   string `json:"msg"`
	} `json:"exception"`
}

// recordsOf reads a line. A structured entry comes as several records, where its message has several lines or an exception.
func recordsOf(line string) []record {
	if strings.HasPrefix(line, "{") {
		if list := structuredRecords(line); list != nil {
			return list
		}
	}
	if line == "" || line[0] < '0' || line[0] > '9' { // a line of a stack trace, mostly
		return []record{{text: line}}
	}
	if r, ok := plainRecord(line); ok {
		return []record{r}
	}
	if at := stamped.FindString(line); at != "" {
		return recordsOf(line[len(at):])
	}
	return []record{{text: line}}
}

func structuredRecords(line string) []record {
	var s structured
	if err := json.Unmarshal([]byte(line), &s); err != nil || s.Level == "" || s.TS == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, s.TS)
	if err != nil {
		at = time.Time{}
	}
	text := s.Msg
	if s.Exception.Class != "" {
		text += "\n" + s.Exception.Class + ": " + s.Exception.Msg
	}
	class := s.Logger[strings.LastIndexByte(s.Logger, '.')+1:]
	var list []record
	for i, part := range strings.Split(text, "\n") {
		list = append(list, record{instantOf(at), s.Level, class, part, i == 0})
	}
	return list
}

func plainRecord(line string) (record, bool) {
	if r, ok := sparkRecord(line); ok {
		return r, true
	}
	if m := otherHead.FindStringSubmatch(line); m != nil {
		at, err := time.Parse("2006-01-02 15:04:05", m[1]+" "+m[2])
		if m[3] != "" && err == nil {
			part, _ := time.ParseDuration("0." + m[3] + "s")
			at = at.Add(part)
		}
		return record{instantOr(at, err), m[4], m[5][strings.LastIndexByte(m[5], '.')+1:], m[6], true}, true
	}
	return record{}, false
}

// sparkTime is the time of Spark's own pattern, "%d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n" (log4j2-defaults.properties, Spark 3.5.6).
const sparkTime = "06/01/02 15:04:05"

// sparkRecord reads Spark's own pattern, which nearly all lines have, without a regular expression.
func sparkRecord(line string) (record, bool) {
	if len(line) < len(sparkTime)+2 || line[2] != '/' || line[len(sparkTime)] != ' ' {
		return record{}, false
	}
	at, err := time.Parse(sparkTime, line[:len(sparkTime)])
	level, rest, ok := strings.Cut(line[len(sparkTime)+1:], " ")
	class, text, isHead := strings.Cut(rest, ":")
	if err != nil || !ok || !isHead || !slices.Contains(levelNames, level) || class == "" || strings.ContainsAny(class, " \t") {
		return record{}, false
	}
	return record{instantOf(at), level, class, strings.TrimPrefix(text, " "), true}, true
}

func instantOr(t time.Time, err error) workload.Instant {
	if err != nil {
		return 0
	}
	return instantOf(t)
}

// isLog tells a log by its first lines.
func isLog(start []byte) bool {
	heads := 0
	for i, line := range strings.Split(string(start), "\n") {
		if i > 400 {
			break
		}
		for _, r := range recordsOf(strings.TrimSuffix(line, "\r")) {
			if r.head {
				heads++
			}
		}
	}
	return heads > 0
}
