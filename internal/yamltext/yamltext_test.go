package yamltext_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/internal/yamltext"
)

const manifest = `# the licence
kind: App   # its kind

spec:
    # how many
    instances: 2      # two is enough
    memory: "4g" # quoted
    'cores': '1'

    args:
        - one
        # a comment inside
        - two
    # about the flow
    flow: {a: 1, b: [x, z]} # after flow
    text: |
        # no comment
        last
    # dangling

# about the tail
tail: end
`

func path(dotted string) []string { return strings.Split(dotted, ".") }

func TestSetKeepsTheRest(t *testing.T) {
	for name, c := range map[string]struct {
		path  string
		value any
		from  string
		to    string
	}{
		"plain scalar":        {"spec.instances", 3, "instances: 2      # two", "instances: 3      # two"},
		"double quotes":       {"spec.memory", "14g", `"4g" # quoted`, `"14g" # quoted`},
		"single quotes":       {"spec.cores", "it's", `'1'`, `'it''s'`},
		"quotes to a number":  {"spec.cores", 2, `'1'`, `2`},
		"plain to ambiguous":  {"kind", "true", "kind: App   #", `kind: "true"   #`},
		"a new key":           {"spec.zone", "eu", "        last\n", "        last\n    zone: eu\n"},
		"a new key in order":  {"spec.overhead", "1g", "# quoted\n", "# quoted\n    overhead: 1g\n"},
		"a new first key":     {"spec.first", 0, "spec:\n", "spec:\n    first: 0\n"},
		"a new top key":       {"top", 1, "tail: end\n", "tail: end\ntop: 1\n"},
		"mappings on the way": {"new.deep.key", true, "tail: end\n", "tail: end\nnew:\n  deep:\n    key: true\n"},
		"a list":              {"spec.args", []string{"x"}, "\n        - one\n        # a comment inside\n        - two\n", "\n    - x\n"},
		"inside flow style":   {"spec.flow.a", 2, "{a: 1, b", "{a: 2, b"},
		"new in flow style":   {"spec.flow.c", 2, "flow: {a: 1, b: [x, z]} # after flow\n", "flow: # after flow\n      a: 1\n      b:\n      - x\n      - z\n      c: 2\n"},
		"a block scalar":      {"spec.text", "one line", "text: |\n        # no comment\n        last\n", "text: one line\n"},
		"a scalar to a map":   {"spec.memory.limit", "1g", "memory: \"4g\" # quoted\n", "memory: # quoted\n      limit: 1g\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := yamltext.Parse([]byte(manifest), "first", "instances", "memory", "overhead", "args")
			require.NoError(t, err)
			require.NoError(t, d.Set(path(c.path), c.value))
			require.Contains(t, manifest, c.from)
			assert.Equal(t, strings.Replace(manifest, c.from, c.to, 1), string(d.Text()))
		})
	}
}

func TestDeleteKeepsTheRest(t *testing.T) {
	for name, c := range map[string]struct{ path, from, to string }{
		"with its comments": {"spec.instances", "    # how many\n    instances: 2      # two is enough\n", ""},
		"between":           {"spec.memory", "    memory: \"4g\" # quoted\n", ""},
		"last of a block":   {"spec.text", "    text: |\n        # no comment\n        last\n", ""},
		"last of all":       {"tail", "# about the tail\ntail: end\n", ""},
		"in flow style":     {"spec.flow.b", "{a: 1, b: [x, z]} # after flow\n", "# after flow\n      a: 1\n"},
		"absent":            {"spec.none", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := yamltext.Parse([]byte(manifest))
			require.NoError(t, err)
			require.NoError(t, d.Delete(path(c.path)))
			assert.Equal(t, strings.Replace(manifest, c.from, c.to, 1), string(d.Text()))
		})
	}
}

func TestHardYAML(t *testing.T) {
	for name, c := range map[string]struct{ text, path, want string }{
		"json":             {`{"a": {"b": 1}, "c": "x"}`, "a.b", `{"a": {"b": 7}, "c": "x"}`},
		"json, new key":    {`{"a": {}, "c": "x"}`, "a.b", "a:\n  b: 7\nc: x\n"},
		"no last newline":  {"a: 1\nc: 2", "b", "a: 1\nc: 2\nb: 7\n"},
		"windows newlines": {"a: 1\r\nm:\r\n  x: 1\r\n", "m.b", "a: 1\r\nm:\r\n  x: 1\r\n  b: 7\r\n"},
		"marker":           {"--- # begin\na: 1\n...\n", "b", "--- # begin\na: 1\nb: 7\n...\n"},
		"alias":            {"base: &x\n  b: 1\nm: *x\n", "m.b", "base: &x\n  b: 1\nm:\n  b: 7\n"},
		"merge key":        {"base: &x\n  b: 1\nm:\n  <<: *x\n", "m.b", "base: &x\n  b: 1\nm:\n  <<: *x\n  b: 7\n"},
		"null":             {"m:\n", "m.b", "m:\n  b: 7\n"},
		"empty":            {"m: {}\nn: 1\n", "m.b", "m:\n  b: 7\nn: 1\n"},
		"twice":            {"a: 1\nb: 2\nb: 3\n", "b", "a: 1\nb: 2\nb: 7\n"},
		"wide characters":  {"\"ключ\": {x: 1}\nm: {ä: ü}\nb: 1\n", "b", "\"ключ\": {x: 1}\nm: {ä: ü}\nb: 7\n"},
		"value below":      {"b:\n  1\nc: 2\n", "b", "b:\n  7\nc: 2\n"},
		"tagged":           {"b: !!int 1 # one\n", "b", "b: 7 # one\n"},
		"anchored, in use": {"b: &x 1\nc: *x\n", "b", "b: 7\nc: 1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := yamltext.Parse([]byte(c.text))
			require.NoError(t, err)
			require.NoError(t, d.Set(path(c.path), 7))
			assert.Equal(t, c.want, string(d.Text()))
			value, ok := d.At(path(c.path)...)
			assert.True(t, ok)
			assert.Equal(t, int64(7), value)
		})
	}
}

func TestDeleteOfAMergedKeyWritesItsMappingAnew(t *testing.T) {
	d, err := yamltext.Parse([]byte("base: &x\n  a: 1\n  b: 1\nm:\n  <<: *x\n"))
	require.NoError(t, err)
	require.NoError(t, d.Delete(path("m.b")))
	assert.Equal(t, "base: &x\n  a: 1\n  b: 1\nm:\n  a: 1\n", string(d.Text()))
}

func TestNewKeepsTheOrder(t *testing.T) {
	d, err := yamltext.New(map[string]any{"z": int64(1), "a": []any{map[string]any{"b": "x", "kind": "y"}}, "kind": "App"}, "kind", "z")
	require.NoError(t, err)
	assert.Equal(t, "kind: App\nz: 1\na:\n- kind: \"y\"\n  b: x\n", string(d.Text()))
	require.NoError(t, d.Set(path("m"), map[string]any{"a": 1, "z": 2}))
	assert.Contains(t, string(d.Text()), "m:\n  z: 2\n  a: 1\n")
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{"a list": "- 1\n", "a text": "x\n", "nothing": "", "no YAML": "a: b: c\n", "no number": "a: .nan\n"} {
		t.Run(name, func(t *testing.T) {
			_, err := yamltext.Parse([]byte(text))
			assert.Error(t, err)
		})
	}
}

func TestDuplicates(t *testing.T) {
	assert.Equal(t, []yamltext.Duplicate{{2, "a"}, {5, "c.d"}}, yamltext.Duplicates([]byte("a: 1\na: 2\nb:\n  c.d: 1\n  c.d: 1\n")))
	assert.Empty(t, yamltext.Duplicates([]byte("a: 1\nb: 2\n")))
}

func TestReadsAsKubernetesDoes(t *testing.T) {
	d, err := yamltext.Parse([]byte("a: yes\nb: 0o17\nc: 017\nd: 1_000\ne: 4.0\n"))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"a": true, "b": int64(15), "c": int64(15), "d": int64(1000), "e": int64(4)}, d.Values())
}

var (
	keys    = rapid.SampledFrom([]string{"a", "b", "spark.x", "true", "12", "<<x", "- k", "日本"})
	scalars = rapid.OneOf(
		rapid.Map(rapid.Int64(), func(n int64) any { return n }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.SampledFrom([]string{"", "x", "yes", "1e3", "0x1", "a: b", "# c", "two\nlines", " pad ", "12:30", "~", "\t", "é\u0085"}), func(s string) any { return s }),
	)
)

func tree(depth int) *rapid.Generator[map[string]any] {
	return rapid.Custom(func(t *rapid.T) map[string]any {
		out := map[string]any{}
		for _, key := range rapid.SliceOfNDistinct(keys, 1, 5, rapid.ID).Draw(t, "keys") {
			if depth > 0 && rapid.Bool().Draw(t, "nested") {
				out[key] = tree(depth-1).Draw(t, "mapping")
			} else {
				out[key] = scalars.Draw(t, "value")
			}
		}
		return out
	})
}

// Whatever the text and the edits, the values afterwards are the ones wanted, and comments of lines not touched stay.
func TestEditsDoWhatTheySay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, err := yamltext.New(tree(3).Draw(t, "tree"))
		require.NoError(t, err)
		commented := "# head\n" + strings.ReplaceAll(string(d.Text()), "12: ", "12:   ") + "# foot\n"
		d, err = yamltext.Parse([]byte(commented))
		require.NoError(t, err, commented)
		for range 6 {
			where := rapid.SliceOfN(keys, 1, 4).Draw(t, "path")
			if rapid.Bool().Draw(t, "delete") {
				require.NoError(t, d.Delete(where))
				_, ok := d.At(where...)
				require.False(t, ok)
				continue
			}
			value := scalars.Draw(t, "value")
			require.NoError(t, d.Set(where, value))
			got, ok := d.At(where...)
			require.True(t, ok)
			require.Equal(t, value, got)
			again, err := yamltext.Parse(d.Text())
			require.NoError(t, err)
			require.Equal(t, d.Values(), again.Values())
		}
	})
}

func FuzzEdit(f *testing.F) {
	f.Add(manifest, "spec.memory", "14g")
	f.Add("a: &x {b: 1}\nc: *x\n", "c.b", "")
	f.Add("{\"a\": [1]}", "a", "yes")
	f.Add("? a\n: b\n", "a", "c")
	f.Add("a: !!binary aGk=\n", "b", "\x00")
	f.Fuzz(func(t *testing.T, text, where, value string) {
		d, err := yamltext.Parse([]byte(text))
		if err != nil {
			return
		}
		before := d.Values()
		if d.Set(path(where), value) != nil || d.Delete(path(where)) != nil {
			return
		}
		again, err := yamltext.Parse(d.Text())
		require.NoError(t, err)
		require.Equal(t, d.Values(), again.Values())
		for _, key := range slices.Sorted(maps.Keys(before)) {
			if key != path(where)[0] {
				require.Equal(t, before[key], d.Values()[key], fmt.Sprintf("%q", d.Text()))
			}
		}
	})
}
