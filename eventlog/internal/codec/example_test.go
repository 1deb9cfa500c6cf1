package codec_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sparkscale/sparkscale/eventlog/internal/codec"
)

func ExampleNewReader() {
	log := strings.NewReader(`{"Event":"SparkListenerLogStart","Spark Version":"4.0.1"}` + "\n")
	r, err := codec.NewReader(log, codec.Limits{MaxOutput: 1 << 30})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	fmt.Println(r.Kind())
	_, err = io.Copy(os.Stdout, r)
	fmt.Println(err, r.Unfinished())
	// Output:
	// plain
	// {"Event":"SparkListenerLogStart","Spark Version":"4.0.1"}
	// <nil> false
}

func ExampleReader_Read() {
	cut := strings.NewReader("LZ4Block\x25\x10\x00")
	r, err := codec.NewReader(cut, codec.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	_, err = io.ReadAll(r)
	fmt.Println(errors.Is(err, codec.ErrTruncated))
	fmt.Println(err)
	// Output:
	// true
	// lz4 stream is cut after 11 bytes: the writer was killed or the copy is incomplete
}

func ExampleOpenZip() {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	f, _ := w.Create("eventlog_v2_app-1/events_1_app-1")
	_, _ = io.WriteString(f, `{"Event":"SparkListenerLogStart"}`)
	_ = w.Close()

	entries, err := codec.OpenZip(bytes.NewReader(archive.Bytes()), int64(archive.Len()), codec.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range entries {
		in, err := e.Open()
		if err != nil {
			fmt.Println(err)
			return
		}
		r, err := codec.NewReader(in, codec.Limits{})
		if err != nil {
			fmt.Println(err)
			return
		}
		text, err := io.ReadAll(r)
		fmt.Println(e.Name, e.Size, r.Kind(), string(text), err)
	}
	// Output:
	// eventlog_v2_app-1/events_1_app-1 33 plain {"Event":"SparkListenerLogStart"} <nil>
}

func ExampleDetect() {
	fmt.Println(codec.Detect([]byte("\x28\xb5\x2f\xfd\x04\x58")))
	fmt.Println(codec.Detect([]byte(`{"Event":`)))
	fmt.Printf("%q\n", codec.Detect([]byte("%PDF-1.7")))
	// Output:
	// zstd
	// plain
	// ""
}
