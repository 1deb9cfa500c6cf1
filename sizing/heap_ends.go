package sizing

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/sparkscale/sparkscale/workload"
)

// What ends an executor for want of memory, in Spark's and YARN's words. 52 is SparkExitCode.OOM, 137 a SIGKILL and
// 143 a SIGTERM that nobody asked Spark for: on Kubernetes the container's limit, and an eviction.
var (
	outOfHeap = regexp.MustCompile(`(?i)exit (?:code|status):? ?52\b|OutOfMemoryError`)
	podKilled = regexp.MustCompile(`(?i)exit (?:code|status):? ?(?:137|143)\b|OOMKilled|exceeding (?:physical |virtual )?memory limits`)
)

// ends counts how executors and stages ended for want of memory, each with the first such reason.
type ends struct {
	heap, pod, looked       int
	heapExample, podExample string
}

func endsOf(p *workload.Profile) ends {
	var e ends
	for _, x := range p.Executors {
		e.see(x.Reason)
	}
	for i := range p.Stages {
		e.see(p.Stages[i].Failure)
	}
	return e
}

func (e *ends) see(reason string) {
	if reason == "" {
		return
	}
	e.looked++
	switch {
	case outOfHeap.MatchString(reason):
		e.heap++
		e.heapExample = cmp.Or(e.heapExample, short(reason))
	case podKilled.MatchString(reason):
		e.pod++
		e.podExample = cmp.Or(e.podExample, short(reason))
	}
}

// short is the first line with text, at most 120 characters of it.
func short(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if runes := []rune(line); len(runes) > 120 {
		return string(runes[:120]) + "…"
	}
	return line
}
