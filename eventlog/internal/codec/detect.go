package codec

import (
	"fmt"
	"strings"
)

// Kind names what a stream is compressed with.
type Kind string

// The kinds that [Detect] tells apart.
const (
	Plain  Kind = "plain"
	Zstd   Kind = "zstd"
	LZ4    Kind = "lz4"
	Snappy Kind = "snappy"
	LZF    Kind = "lzf"
	Gzip   Kind = "gzip"
	Zip    Kind = "zip"
)

// DetectLen is how many bytes [Detect] looks at.
const DetectLen = 512

const (
	zstdMagic     = "\x28\xb5\x2f\xfd"
	lz4BlockMagic = "LZ4Block"
	lz4FrameMagic = "\x04\x22\x4d\x18"
	snappyMagic   = "\x82SNAPPY\x00"
	lzfMagic      = "ZV"
	zipEndMagic   = "PK\x05\x06"
)

var codecs = []struct {
	magic string
	kind  Kind
}{
	{zstdMagic, Zstd},
	{"\x1f\x8b", Gzip},
	{lz4BlockMagic, LZ4},
	{lz4FrameMagic, LZ4},
	{snappyMagic, Snappy},
	{lzfMagic, LZF},
	{"PK\x03\x04", Zip},
	{zipEndMagic, Zip}, // no entries at all: what a live driver sends
	{"PK\x07\x08", Zip},
}

// foreigns are formats that get mixed up with event logs, or lie beside them.
var foreigns = []struct {
	at    int
	magic string
	name  string
}{
	{0, "PAR1", "a Parquet file"},
	{0, "ORC", "an ORC file"},
	{0, "Obj\x01", "an Avro file"},
	{0, "SEQ\x06", "a Hadoop sequence file"},
	{0, "BZh", "bzip2 data: decompress it first"},
	{0, "\xfd7zXZ\x00", "xz data: decompress it first"},
	{0, "7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"},
	{0, "Rar!\x1a\x07", "a RAR archive: unpack it first"},
	{257, "ustar", "a tar archive: unpack it first"},
	{0, "\x02\x21\x4c\x18", "legacy lz4 data: decompress it first"},
	{0, "\xff\x06\x00\x00sNaPpY", "framed snappy data, which Spark does not write: decompress it first"},
	{0, "\x89LZO\x00", "lzop data: decompress it first"},
	{0, "\xff\xfe", "UTF-16 text: convert it to UTF-8"},
	{0, "\xfe\xff", "UTF-16 text: convert it to UTF-8"},
	{0, "\x89PNG\r\n\x1a\n", "a PNG image"},
	{0, "\xff\xd8\xff", "a JPEG image"},
	{0, "GIF8", "a GIF image"},
	{0, "%PDF-", "a PDF document"},
	{0, "\x7fELF", "an ELF program"},
	{0, "\xca\xfe\xba\xbe", "a Java class"},
	{0, "\xac\xed\x00\x05", "a serialized Java object"},
	{0, "SQLite format 3\x00", "an SQLite database"},
}

// Detect tells the Kind of a stream from its first [DetectLen] bytes, or from all of it if it is shorter. An input that ends inside a
// codec's magic bytes is of that codec, cut short: a plain event log begins with a brace, as no magic does. The Kind is empty for
// what is known to be no event log at all; [NewReader] says in its error what it looks like instead.
func Detect(first []byte) Kind {
	s := string(first)
	for _, c := range codecs {
		if begins(s, c.magic) {
			return c.kind
		}
	}
	switch {
	case beginsSkippable(s):
		return Zstd
	case foreign(s) != "":
		return ""
	}
	return Plain
}

// begins reports that s begins with magic, or is a part of it that was cut.
func begins(s, magic string) bool {
	return strings.HasPrefix(s, magic) || s != "" && strings.HasPrefix(magic, s)
}

// beginsSkippable reports one of the 16 magics of a skippable zstd frame.
func beginsSkippable(s string) bool {
	return s != "" && s[0]&0xf0 == 0x50 && (len(s) == 1 || begins(s[1:], "\x2a\x4d\x18"))
}

// foreign says what s is when it is certainly no text, or nothing.
func foreign(s string) string {
	for _, f := range foreigns {
		if len(s) > f.at && strings.HasPrefix(s[f.at:], f.magic) {
			return f.name
		}
	}
	if i := strings.IndexByte(s, 0); i >= 0 {
		return fmt.Sprintf("binary data of an unknown format (zero byte at offset %d)", i)
	}
	return ""
}
