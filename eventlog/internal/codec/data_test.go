package codec

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/dataset"
)

// file is what one file of a real log gave.
type file struct {
	kind       Kind
	data       []byte
	unfinished bool
	err        error
}

func readFile(t *testing.T, path string) file {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	r, err := NewReader(f, Limits{})
	if errors.Is(err, ErrZip) {
		return readZip(t, f)
	}
	require.NoError(t, err)
	defer r.Close()
	data, err := io.ReadAll(r)
	return file{r.Kind(), data, r.Unfinished(), err}
}

// readZip reads the first entry, as the ground truth does.
func readZip(t *testing.T, f *os.File) file {
	t.Helper()
	info, err := f.Stat()
	require.NoError(t, err)
	entries, err := OpenZip(f, info.Size(), Limits{})
	require.NoError(t, err)
	if len(entries) == 0 {
		return file{kind: Zip}
	}
	in, err := entries[0].Open()
	require.NoError(t, err)
	defer in.Close()
	data, err := io.ReadAll(in)
	require.Len(t, data, int(entries[0].Size))
	return file{kind: Zip, data: data, err: err}
}

// Every real log decompresses to the size and through the codecs that an independent decoder found.
func TestGroundTruth(t *testing.T) {
	var logs map[string]struct {
		Files             []string `json:"files"`
		Codecs            []Kind   `json:"codecs"`
		DecodeNotes       []string `json:"decode_notes"`
		UncompressedBytes int64    `json:"uncompressed_bytes"`
	}
	dataset.JSON(t, "thirdparty/groundtruth.json", &logs)
	require.NotEmpty(t, logs)
	for _, name := range slices.Sorted(maps.Keys(logs)) {
		truth := logs[name]
		t.Run(name, func(t *testing.T) {
			var size int64
			var kinds []Kind
			for _, path := range truth.Files {
				f := readFile(t, dataset.Path(t, "thirdparty", path))
				size += int64(len(f.data))
				if !slices.Contains(kinds, f.kind) {
					kinds = append(kinds, f.kind)
				}
				checkNotes(t, f, truth.DecodeNotes)
			}
			assert.Equal(t, truth.UncompressedBytes, size)
			assert.Equal(t, truth.Codecs, kinds)
		})
	}
}

// checkNotes compares the end of a stream with what the other decoder noted. Its zstd passes over a cut frame without a note.
func checkNotes(t *testing.T, f file, notes []string) {
	t.Helper()
	assert.Equal(t, slices.Contains(notes, "lz4: no end mark"), f.unfinished)
	switch note := strings.Join(notes, "; "); {
	case strings.Contains(note, "is cut"), f.kind == Zstd && errors.Is(f.err, ErrTruncated):
		assert.ErrorIs(t, f.err, ErrTruncated)
	case strings.Contains(note, "bad magic"):
		assert.ErrorIs(t, f.err, ErrCorrupt)
	default:
		assert.NoError(t, f.err)
	}
}

// Logs written through Spark's own codec classes hold the text of the log they were made from, or its beginning.
func TestCodecCases(t *testing.T) {
	var cases []struct {
		Name, Kind string
		Log        any
		Expected   any
	}
	dataset.JSON(t, "thirdparty/cases.json", &cases)
	seen := 0
	for _, c := range cases {
		if c.Kind != "codec" {
			continue
		}
		seen++
		t.Run(c.Name, func(t *testing.T) {
			got := readFile(t, dataset.Path(t, "thirdparty", c.Log.(string)))
			require.NoError(t, got.err)
			expected := c.Expected.(map[string]any)
			if whole, ok := expected["same_events_as"].(string); ok {
				want := readFile(t, dataset.Path(t, "thirdparty", whole))
				assert.True(t, bytes.Equal(bytes.TrimSpace(want.data), bytes.TrimSpace(got.data)))
				assert.False(t, got.unfinished)
				return
			}
			want := readFile(t, dataset.Path(t, "thirdparty", expected["prefix_of"].(string)))
			assert.NotEmpty(t, got.data)
			assert.True(t, bytes.HasPrefix(want.data, got.data))
		})
	}
	require.Positive(t, seen, "no case of kind codec")
}

// Every log recorded from a real Spark is of the codec in its name and holds events; only that of a killed driver may be cut.
func TestRecordings(t *testing.T) {
	var runs []struct{ Name, Path, Eventlog string }
	dataset.JSON(t, "recordings/index.json", &runs)
	kinds := map[Kind]int{}
	for _, run := range runs {
		if run.Eventlog == "" {
			continue
		}
		t.Run(run.Name, func(t *testing.T) {
			root := dataset.Path(t, "recordings", run.Path, run.Eventlog)
			require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
				if info, _ := os.Stat(path); err == nil && !d.IsDir() && info.Size() > 0 && !strings.HasSuffix(path, ".crc") {
					kinds[checkRecording(t, path)]++
				}
				return err
			}))
		})
	}
	t.Logf("files by codec: %v", kinds)
}

func checkRecording(t *testing.T, path string) Kind {
	t.Helper()
	got := readFile(t, path)
	if bytes.Contains(got.data, []byte("SparkListenerApplicationEnd")) || !errors.Is(got.err, ErrTruncated) {
		require.NoError(t, got.err, path)
	}
	want := Kind(strings.TrimPrefix(filepath.Ext(strings.TrimSuffix(path, ".inprogress")), "."))
	if !slices.Contains([]Kind{Zstd, LZ4, Snappy, LZF}, want) {
		want = Plain
	}
	assert.Equal(t, want, got.kind, path)
	assert.True(t, bytes.HasPrefix(got.data, []byte(`{"Event":`)), path)
	return got.kind
}
