package codec

import "fmt"

const (
	defaultMaxOutput = 1 << 40
	// Real event logs compress 20 to 60 times in zstd; 1000 is far above any of them and below the 1030 of gzip and the 32,000 of zstd
	// over one repeated byte. lz4, snappy and lzf cannot exceed 255, 22 and 100.
	defaultMaxRatio  = 1000
	defaultMaxWindow = 128 << 20 // what the zstd command accepts without being asked

	// Below this much output the ratio is not judged: it costs less than a second, and a short log that repeats one event compresses
	// better than any real one.
	ratioFloor = 64 << 20
)

// Limits bound what one stream may cost. Zero fields are the defaults, negative ones an error.
type Limits struct {
	// MaxOutput is the largest size of one decompressed stream, and of all entries of a zip together, in bytes. Default 1 TiB.
	MaxOutput int64
	// MaxRatio is the largest ratio of decompressed to compressed bytes, judged after the first 64 MiB of output. Default 1000.
	MaxRatio int64
	// MaxWindow is the largest zstd window or block held in memory, in bytes. Default 128 MiB. A Reader takes the window of a zstd frame
	// when it meets its header, and at most four times the size of another block, only as its bytes arrive; beside that 1 MiB.
	MaxWindow int64
}

func (l Limits) withDefaults() (Limits, error) {
	for _, f := range []struct {
		name  string
		value *int64
		def   int64
	}{
		{"MaxOutput", &l.MaxOutput, defaultMaxOutput},
		{"MaxRatio", &l.MaxRatio, defaultMaxRatio},
		{"MaxWindow", &l.MaxWindow, defaultMaxWindow},
	} {
		if *f.value < 0 {
			return l, fmt.Errorf("codec: Limits.%s is %d: give a positive number, or 0 for the default of %d", f.name, *f.value, f.def)
		}
		if *f.value == 0 {
			*f.value = f.def
		}
	}
	return l, nil
}

// checkBlock refuses a block of n bytes that MaxWindow does not allow, before memory is taken for it.
func (l Limits) checkBlock(n int64) error {
	if n > l.MaxWindow {
		return &LimitError{Limit: "bytes of window or block", Max: l.MaxWindow, Value: n, Option: "MaxWindow"}
	}
	return nil
}

// guard counts the output of one stream against MaxOutput and MaxRatio.
type guard struct {
	limits Limits
	out    int64
}

// admit takes note of n more bytes of output, all of it made from packed bytes of input so far, and returns how many may be delivered.
func (g *guard) admit(n int, packed int64) (int, error) {
	g.out += int64(n)
	if over := g.out - g.limits.MaxOutput; over > 0 {
		return n - int(over), outputError(g.limits.MaxOutput, g.out)
	}
	return n, g.checkRatio(packed)
}

func (g *guard) checkRatio(packed int64) error {
	ratio := g.out / max(packed, 1)
	if g.out <= ratioFloor || ratio <= g.limits.MaxRatio {
		return nil
	}
	return &LimitError{Limit: "ratio of decompression", Max: g.limits.MaxRatio, Value: ratio, Option: "MaxRatio"}
}

func outputError(limit, value int64) error {
	return &LimitError{Limit: "bytes of output", Max: limit, Value: value, Option: "MaxOutput"}
}
