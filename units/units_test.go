package units_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/units"
)

func TestParseJVM(t *testing.T) {
	for _, c := range []struct {
		in   string
		unit units.Bytes
		want units.Bytes
	}{
		{"512m", units.MiB(1), units.MiB(512)},
		{"1g", units.MiB(1), units.MiB(1024)},
		{" 4GB ", units.MiB(1), units.GiB(4)},
		{"4096", units.MiB(1), units.GiB(4)},
		{"4096", 1, 4096},
		{"1536k", units.MiB(1), units.MiB(1)},
		{"0", units.MiB(1), 0},
		{"2t", 1, units.TiB(2)},
		{"1p", 1, 1 << 50},
	} {
		got, err := units.ParseJVM(c.in, c.unit)
		require.NoError(t, err, c.in)
		assert.Equal(t, c.want, got, c.in)
	}
}

func TestParseJVMRefuses(t *testing.T) {
	for in, why := range map[string]string{
		"1.5g": "fractions", "4Gi": `suffix "gi"`, "": "whole number", "g": "whole number", "-1g": "whole number", "1 g": "suffix",
		"512k": "truncates it to 0", "99999999999p": "too large", "99999999999999999999": "too large",
	} {
		_, err := units.ParseJVM(in, units.MiB(1))
		var parse *units.ParseError
		require.ErrorAs(t, err, &parse, in)
		assert.ErrorContains(t, err, why, in)
	}
}

func TestParseTime(t *testing.T) {
	for _, c := range []struct {
		in   string
		unit time.Duration
		want time.Duration
	}{
		{"60s", time.Second, time.Minute},
		{"60", time.Second, time.Minute},
		{"1500ms", time.Second, time.Second},
		{"60", time.Millisecond, 60 * time.Millisecond},
		{"2min", time.Second, 2 * time.Minute},
		{"1h", time.Second, time.Hour},
		{"1d", time.Second, 24 * time.Hour},
		{"-1", time.Second, -time.Second},
		{"2147483647", time.Second, units.Forever},
		{"2147483647s", time.Second, units.Forever},
		{"9223372036854775807", time.Millisecond, units.Forever},
	} {
		got, err := units.ParseTime(c.in, c.unit)
		require.NoError(t, err, c.in)
		assert.Equal(t, c.want, got, c.in)
	}
	for in, why := range map[string]string{"500ms": "truncates it to 0", "1.5s": "fractions", "5 s": "suffix", "": "whole number", "5w": `suffix "w"`} {
		_, err := units.ParseTime(in, time.Second)
		assert.ErrorContains(t, err, why, in)
	}
}

func TestParseQuantity(t *testing.T) {
	got, err := units.ParseQuantity("512Mi")
	require.NoError(t, err)
	assert.Equal(t, units.MiB(512), got)
	_, err = units.ParseQuantity("512m")
	assert.ErrorContains(t, err, `"512Mi"`)
	_, err = units.ParseQuantity("9Ei")
	assert.True(t, errors.Is(err, units.ErrOverflow))
	_, err = units.ParseQuantity("4gb")
	assert.Error(t, err)
	for _, endless := range []string{"9E23372036854775", "1e-999999999", strings.Repeat("9", 1<<20)} {
		_, err = units.ParseQuantity(endless)
		assert.Error(t, err, "%.20s", endless)
		_, err = units.ParseCPU(endless)
		assert.Error(t, err, "%.20s", endless)
	}
	exa, err := units.ParseQuantity("1E")
	require.NoError(t, err)
	assert.Equal(t, units.Bytes(1_000_000_000_000_000_000), exa)
	kilo, err := units.ParseQuantity("1e+03")
	require.NoError(t, err)
	assert.Equal(t, units.Bytes(1000), kilo)

	cpu, err := units.ParseCPU("500m")
	require.NoError(t, err)
	assert.Equal(t, units.MilliCPU(500), cpu)
	cpu, err = units.ParseCPU("0.5")
	require.NoError(t, err)
	assert.Equal(t, "500m", cpu.String())
	assert.Equal(t, "2", units.Cores(2).String())
	_, err = units.ParseCPU("two")
	assert.Error(t, err)
}

func TestBytesString(t *testing.T) {
	for b, want := range map[units.Bytes]string{
		0: "0 B", 1000: "1000 B", units.MiB(1408): "1408 MiB", units.GiB(14): "14 GiB", units.GiB(4) - 1: "4 GiB", 3_983_000_000: "3.71 GiB", units.KiB(5): "5 KiB",
		units.TiB(2): "2 TiB", units.GiB(300) + units.MiB(1): "300 GiB",
	} {
		assert.Equal(t, want, b.String())
	}
	assert.Equal(t, "1408Mi", quantity(units.MiB(1408)))
}

func quantity(b units.Bytes) string {
	q := b.Quantity()
	return q.String()
}

func TestOverflow(t *testing.T) {
	_, err := units.MaxBytes.Add(1)
	assert.ErrorIs(t, err, units.ErrOverflow)
	_, err = units.GiB(8).Scale(1 << 60)
	assert.ErrorIs(t, err, units.ErrOverflow)
	_, err = units.MilliCPU(1 << 62).Add(1 << 62)
	assert.ErrorIs(t, err, units.ErrOverflow)
	_, err = units.MilliCPU(1 << 62).Scale(4)
	assert.ErrorIs(t, err, units.ErrOverflow)
	assert.Equal(t, units.MaxBytes, units.GiB(1<<40))
	assert.Equal(t, -units.MaxBytes, units.GiB(-1<<40))
	got, err := units.Bytes(-3).Scale(-4)
	require.NoError(t, err)
	assert.Equal(t, units.Bytes(12), got)
}

func TestSizesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := units.Bytes(rapid.Int64Range(0, int64(units.TiB(1000))).Draw(t, "bytes"))
		got, err := units.ParseJVM(b.JVM(), 1)
		require.NoError(t, err)
		require.Equal(t, b, got)
		q := b.Quantity()
		got, err = units.ParseQuantity(q.String())
		require.NoError(t, err)
		require.Equal(t, b, got)
	})
}

func TestTimesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, 1<<50).Draw(t, "us")) * time.Microsecond
		got, err := units.ParseTime(units.FormatTime(d), time.Microsecond)
		require.NoError(t, err)
		if d >= 2147483647*time.Second {
			d = units.Forever
		}
		require.Equal(t, d, got)
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"512m", "1.5g", "4Gi", "500ms", "-1", "9223372036854775807", "２g"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if b, err := units.ParseJVM(s, units.MiB(1)); err == nil && (b < 0 || b%units.MiB(1) != 0) {
			t.Fatalf("ParseJVM(%q) = %d", s, b)
		}
		if d, err := units.ParseTime(s, time.Second); err == nil && d != units.Forever && d != -units.Forever && d%time.Second != 0 {
			t.Fatalf("ParseTime(%q) = %s", s, d)
		}
		_, _ = units.ParseQuantity(s)
		_, _ = units.ParseCPU(s)
	})
}
