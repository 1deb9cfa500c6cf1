package codec

import (
	"archive/tar"
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDetect(t *testing.T) {
	cases := map[string]Kind{
		"":                               Plain,
		"{":                              Plain,
		`{"Event":"SparkListenerLogS`:    Plain,
		"\xef\xbb\xbf{\"Event\":":        Plain, // a byte order mark is the parser's matter
		"PQ":                             Plain,
		"LZ4 is a codec":                 Plain,
		"\x28\xb5\x2f\xfd\x00":           Zstd,
		"\x28\xb5":                       Zstd,
		"\x50\x2a\x4d\x18\x00":           Zstd,
		"\x5f\x2a\x4d\x18\x00":           Zstd,
		"\x53":                           Zstd,
		"\x1f\x8b\x08":                   Gzip,
		"\x1f":                           Gzip,
		"LZ4Block\x25":                   LZ4,
		"L":                              LZ4,
		"\x04\x22\x4d\x18\x64":           LZ4,
		"\x82SNAPPY\x00\x00\x00\x00\x01": Snappy,
		"\x82SNA":                        Snappy,
		"ZV\x01\x00":                     LZF,
		"Z":                              LZF,
		"PK\x03\x04":                     Zip,
		"PK\x05\x06\x00":                 Zip,
		"P":                              Zip,
		"\x89PNG\r\n\x1a\n":              "",
		"\x00\x00":                       "",
	}
	for first, want := range cases {
		assert.Equal(t, want, Detect([]byte(first)), "%q", first)
	}
}

func TestUnsupported(t *testing.T) {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "events_1_app", Size: 0}))
	require.NoError(t, w.Close())
	cases := map[string]string{
		"\x89PNG\r\n\x1a\nrest":           "a PNG image",
		"PAR1rest":                        "a Parquet file",
		"ORC\x08":                         "an ORC file",
		"%PDF-1.7":                        "a PDF document",
		"\x7fELF\x02":                     "an ELF program",
		"BZh91AY&SY":                      "bzip2 data",
		"\xfd7zXZ\x00":                    "xz data",
		"7z\xbc\xaf\x27\x1c":              "a 7z archive",
		"\xca\xfe\xba\xbe\x00":            "a Java class",
		"\xff\xfe{\x00":                   "UTF-16 text",
		"\xff\x06\x00\x00sNaPpY\x01":      "framed snappy data",
		"\x02\x21\x4c\x18":                "legacy lz4 data",
		"{\"Event\"\x00":                  "zero byte at offset 8",
		archive.String():                  "a tar archive",
		strings.Repeat(" ", 511) + "\x00": "zero byte at offset 511",
	}
	for input, want := range cases {
		_, err := NewReader(strings.NewReader(input), Limits{})
		require.ErrorIs(t, err, ErrUnsupported, "%q", input)
		require.ErrorContains(t, err, want)
	}
	_, err := NewReader(strings.NewReader(strings.Repeat(" ", 512)+"\x00"), Limits{})
	require.NoError(t, err, "only the first bytes are judged")
}

func TestNewReaderRefusesZip(t *testing.T) {
	for _, input := range []string{"PK\x03\x04 and more", "PK\x05\x06", "P"} {
		_, err := NewReader(strings.NewReader(input), Limits{})
		require.ErrorIs(t, err, ErrZip)
	}
}
