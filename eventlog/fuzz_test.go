package eventlog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/eventlog/internal/gen"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

var bounds = []eventlog.Option{
	eventlog.WithMaxLine(units.KiB(256)), eventlog.WithMaxBytes(units.MiB(4)), eventlog.WithMaxTasks(2000), eventlog.WithMaxRatio(10_000),
}

// FuzzRead reads any bytes: without a panic, the same however they come, and whole or not at all.
func FuzzRead(f *testing.F) {
	for _, path := range ownRuns(f) {
		log := oneOfEach(uncompressed(f, path))
		f.Add(log)
		f.Add([]byte(zstded(f, string(log))))
	}
	f.Add([]byte(gzipped(f, smallLog)))
	f.Add([]byte(zstded(f, smallLog, smallLog)))
	f.Add([]byte(zipped(f, "events_1_x", smallLog, "a/events_2_x.zstd", zstded(f, smallLog))))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := eventlog.Read(context.Background(), "x", bytes.NewReader(data), bounds...)
		checkResult(t, p, err)
		again, errAgain := eventlog.Read(context.Background(), "x", iotest.HalfReader(iotest.DataErrReader(bytes.NewReader(data))), bounds...)
		require.Equal(t, fmt.Sprint(err), fmt.Sprint(errAgain))
		require.Equal(t, p, again)

		strict, errStrict := eventlog.Read(context.Background(), "x", bytes.NewReader(data), append(slices.Clone(bounds), eventlog.WithStrict())...)
		checkResult(t, strict, errStrict)
		if errStrict == nil {
			require.Equal(t, p, strict)
			require.False(t, p.Coverage.Truncated)
		}
		checkFound(t, data, p, err)
	})
}

// oneOfEach takes the first line of each event, for a seed that is small.
func oneOfEach(log []byte) []byte {
	var out []byte
	met := map[string]bool{}
	for line := range bytes.Lines(log) {
		if e := decode(line); e != nil && !met[e.text("Event")] {
			met[e.text("Event")] = true
			out = append(out, line...)
		}
	}
	return out
}

// checkResult holds for every result of a reading.
func checkResult(t *testing.T, p *workload.Profile, err error) {
	t.Helper()
	if err != nil {
		require.NotContains(t, err.Error(), "\n")
		require.Equal(t, errors.Is(err, eventlog.ErrNoEvents), p != nil)
	}
	if p == nil {
		require.Error(t, err)
		return
	}
	c := p.Coverage
	events := 0
	for _, counts := range []map[string]int{c.Skipped, c.Unknown} {
		for _, n := range counts {
			events += n
		}
	}
	require.LessOrEqual(t, events+c.BlankLines+c.BadLines, c.Lines)
	require.Equal(t, c.BadLines > 0, c.FirstBad != "")
	for _, note := range c.Notes {
		require.NotContains(t, note, "\n")
	}
	next := 0
	for _, s := range p.Stages {
		require.Equal(t, next, s.First)
		require.LessOrEqual(t, s.First, s.Last)
		next = s.Last
		for i := s.First; i < s.Last; i++ {
			require.Less(t, p.Tasks.Executor(i), len(p.Executors))
			require.GreaterOrEqual(t, p.Tasks.Finish(i), p.Tasks.Launch(i))
			_, _, _ = p.Tasks.Status(i).String(), p.Tasks.Locality(i), p.Tasks.SchedulerDelay(i)
		}
		require.Less(t, s.Job, len(p.Jobs))
	}
	require.Equal(t, p.Tasks.Len(), next)
	require.GreaterOrEqual(t, p.Wall().Nanoseconds(), int64(0))
	_, errJSON := json.Marshal(p.Facts())
	require.NoError(t, errJSON)
}

// checkFound reads the same bytes as a named file and as a file in a folder.
func checkFound(t *testing.T, data []byte, p *workload.Profile, err error) {
	t.Helper()
	fsys := fstest.MapFS{"d/x": {Data: data}}
	for _, name := range []string{"d/x", "d"} {
		logs, errFind := eventlog.FindFS(fsys, name, bounds...)
		if errFind != nil {
			require.NotContains(t, errFind.Error(), "\n")
			require.Empty(t, logs)
		}
		for _, log := range logs {
			found, errRead := log.Read(context.Background(), bounds...)
			checkResult(t, found, errRead)
			if log.Name == "d/x" && !errors.Is(err, eventlog.ErrUnsupportedCodec) { // what a zip is as a stream
				require.Equal(t, err == nil, errRead == nil)
				require.Equal(t, p == nil, found == nil)
			}
		}
	}
}

// FuzzEvents writes events again in another order and spelling, each one twice with other numbers, so that the second one
// is read by its likeness to the first, and compares what is read with the oracle.
func FuzzEvents(f *testing.F) {
	for i, path := range ownRuns(f) {
		f.Add(oneOfEach(uncompressed(f, path)), uint64(i))
	}
	made, _ := generated(f, gen.Options{Tasks: 20, Executors: 2})
	f.Add(oneOfEach(made), uint64(3))
	f.Add([]byte(smallLog+taskStart+"\n"+executorAdded+"\n"+taskEnd+"\n"+executorRemoved), uint64(7))
	f.Fuzz(func(t *testing.T, log []byte, seed uint64) {
		var s scribe
		for line := range bytes.Lines(log) {
			e := decode(line)
			for s.added = range int64(2) {
				if s.random = rand.New(rand.NewPCG(seed, uint64(len(line)))); e != nil && s.out.Len() < 1<<20 {
					s.value(map[string]any(e), 0)
					s.out.WriteString(s.any("\n", "\r\n", "\n\n", " \t\n"))
				}
			}
		}
		assertOracle(t, s.out.Bytes())
	})
}

// scribe writes JSON in one of the many ways in which it can be written.
type scribe struct {
	random *rand.Rand
	out    bytes.Buffer
	added  int64 // to each integer
}

func (s *scribe) any(choices ...string) string { return choices[s.random.IntN(len(choices))] }

func (s *scribe) space() { s.out.WriteString(s.any("", "", "", " ", "\t", "  \r")) }

func (s *scribe) value(value any, depth int) {
	s.space()
	switch v := value.(type) {
	case map[string]any:
		s.members(v, depth)
	case []any:
		s.out.WriteByte('[')
		for i, element := range v {
			s.comma(i)
			s.value(element, depth+1)
		}
		s.out.WriteByte(']')
	case string:
		s.text(v)
	case json.Number:
		s.number(v)
	default:
		text, _ := json.Marshal(v)
		s.out.Write(text)
	}
	s.space()
}

func (s *scribe) comma(i int) {
	if s.space(); i > 0 {
		s.out.WriteByte(',')
	}
}

// members writes an object in any order, and sometimes with a member that nobody knows.
func (s *scribe) members(members map[string]any, depth int) {
	names := slices.Sorted(maps.Keys(members))
	if unknown := "Unknown " + s.any("a", "b", "Ü"); s.random.IntN(4) == 0 && depth < 3 && members[unknown] == nil {
		members = maps.Clone(members)
		members[unknown] = []any{map[string]any{"Event": "x", "Job ID": json.Number("1")}, nil, "]}\\\"", true}
		names = append(names, unknown)
	}
	s.random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	s.out.WriteByte('{')
	for i, name := range names {
		s.comma(i)
		s.space()
		s.text(name)
		s.space()
		s.out.WriteByte(':')
		s.value(members[name], depth+1)
	}
	s.out.WriteByte('}')
}

// number keeps numbers that can be added up, and writes some as floats.
func (s *scribe) number(n json.Number) {
	i, err := n.Int64()
	switch {
	case err != nil || i > 1e12 || i < -1e12:
		if f, _ := n.Float64(); f > 1e12 || f < -1e12 {
			n = "7"
		}
	default:
		n = json.Number(strconv.FormatInt(i+s.added, 10))
	}
	if err == nil && s.random.IntN(8) == 0 {
		n += json.Number(s.any(".0", ".75", "e0", "E+0", ".5e-0"))
	}
	s.out.WriteString(n.String())
}

func (s *scribe) text(text string) {
	s.out.WriteByte('"')
	for _, r := range text {
		short := strings.IndexRune("\"\\/\b\f\n\r\t", r)
		switch odd := s.random.IntN(10) == 0; {
		case short >= 0 && (r != '/' || odd):
			s.out.WriteByte('\\')
			s.out.WriteByte("\"\\/bfnrt"[short])
		case r < ' ' || odd && r <= 0xffff:
			fmt.Fprintf(&s.out, s.any(`\u%04x`, `\u%04X`), r)
		case odd:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&s.out, `\u%04x\u%04X`, high, low)
		default:
			s.out.WriteRune(r)
		}
	}
	s.out.WriteByte('"')
}

// TestScribe holds that what is written means the same.
func TestScribe(t *testing.T) {
	const text = `{"a":[1,-2.5,"x\"\\\/\u0000\ud83d\ude00é",null,true,{}],"Event":"E","b":{"c":[]}}`
	for seed := range uint64(200) {
		s := scribe{random: rand.New(rand.NewPCG(seed, 1))}
		s.value(map[string]any(decode([]byte(text))), 9)
		assert.Equal(t, keys(decode([]byte(text))), keys(decode(s.out.Bytes())), s.out.String())
		assert.Equal(t, decode([]byte(text)).text("Event"), decode(s.out.Bytes()).text("Event"))
	}
}

func keys(o object) []string { return slices.Sorted(maps.Keys(o)) }
