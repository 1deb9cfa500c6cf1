// Package codec answers: what is the text inside this event log, whatever it was compressed with, and where does it end?
//
// It decompresses a stream of bytes as Spark wrote it. The codec is told by the first bytes, never by a file name: logs are renamed, copied
// and compressed again, and a log that looks like "events_1_app.zstd" may hold plain JSON. Memory is bounded by [Limits], whatever the
// input claims.
//
//	r, err := codec.NewReader(file, codec.Limits{})
//	if errors.Is(err, codec.ErrZip) {
//		entries, err := codec.OpenZip(file, size, codec.Limits{}) // then NewReader over each entry
//	}
//	_, err = io.Copy(dst, r) // nil, or an error of class ErrTruncated, ErrCorrupt or ErrLimit after all that could be read
//
// # Formats
//
// Spark's codecs are the classes beside org.apache.spark.io.CompressionCodec (Spark 3.5 and 4.x):
//
//   - zstd: zstd-jni streams that close a frame on every flush (SPARK-29322), so one log holds many frames; skippable frames too.
//   - lz4: net.jpountz.lz4.LZ4BlockOutputStream, blocks with an XXH32 checksum, an end mark, concatenated at will. The standard lz4
//     frame, which Spark never writes but the lz4 command does, is read as well.
//   - snappy: org.xerial.snappy.SnappyOutputStream, raw blocks behind a length; no end mark, no checksum.
//   - lzf: com.ning.compress.lzf chunks; no end mark, no checksum.
//
// gzip (many members) is what people make of old logs, zip is what the REST endpoint /applications/{id}/logs sends.
//
// # The end of a stream
//
// The log of a running or killed driver was flushed but never closed. Where the format lets a stream end between two blocks (lz4, snappy,
// lzf) or two frames (zstd, gzip) that is a clean [io.EOF]; [Reader.Unfinished] tells whether a format with an end mark misses it. A cut
// inside a block or a frame is a [*TruncatedError], given only after every byte before it was delivered.
//
// # What it does not know
//
// Whether the text is an event log; a codec inside a codec (give the Reader to NewReader again); zstd dictionaries; encrypted zip.
// snappy and lzf carry no checksum, so damage that still decodes is not seen.
package codec
