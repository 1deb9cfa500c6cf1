package jsonscan_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog/internal/jsonscan"
)

func TestScanner(t *testing.T) {
	var s jsonscan.Scanner
	s.Reset([]byte(` {"a":12, "b" :[1,-2.9,1e3],"c":{"d\n\u00e9\ud83d\ude00":"x\"\\"},"e":true,"f":null,"g":"\\\\"} `))
	require.True(t, s.Object())
	var got []string
	for {
		key, ok := s.Key()
		if !ok {
			break
		}
		got = append(got, string(key))
		switch string(key) {
		case "a":
			assert.EqualValues(t, 12, s.Int())
		case "b":
			require.True(t, s.Array())
			for _, want := range []int64{1, -2, 1000} {
				require.True(t, s.More())
				assert.Equal(t, want, s.Int())
			}
			assert.False(t, s.More())
		case "c":
			require.True(t, s.Object())
			key, _ := s.Key()
			assert.Equal(t, "d\né😀", string(key))
			assert.Equal(t, `x"\`, s.Text())
			_, more := s.Key()
			assert.False(t, more)
		case "e":
			assert.True(t, s.Bool())
		case "g":
			assert.Equal(t, `\\`, s.Text())
		default:
			s.Skip()
		}
	}
	s.End()
	require.NoError(t, s.Err())
	assert.Equal(t, "a b c e f g", strings.Join(got, " "))
}

func TestInt(t *testing.T) {
	var s jsonscan.Scanner
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "999999999999999999": 999999999999999999, "1234567890123456789": 1234567890123456789, "-9223372036854775808": math.MinInt64,
		"9223372036854775807": math.MaxInt64, "9223372036854775808": math.MaxInt64, "-1e30": math.MinInt64, "1e400": math.MaxInt64, "1e-400": 0, "-2.99": -2, "12E1": 120,
	} {
		s.Reset([]byte(text))
		assert.Equal(t, want, s.Int(), text)
		s.End()
		assert.NoError(t, s.Err(), text)
	}
}

func TestOtherKindsReadAsZero(t *testing.T) {
	var s jsonscan.Scanner
	for _, text := range []string{`null`, `"12"`, `{}`, `[1]`, `true`} {
		s.Reset([]byte(text))
		assert.Zero(t, s.Int(), text)
		s.End()
		assert.NoError(t, s.Err(), text)
	}
	s.Reset([]byte(`7`))
	assert.Equal(t, "", s.Text())
	assert.False(t, s.Object())
}

// valid says whether the whole text passes Skip.
func valid(text []byte) bool {
	var s jsonscan.Scanner
	s.Reset(text)
	s.Skip()
	s.End()
	return s.Err() == nil
}

func TestRefuses(t *testing.T) {
	for _, text := range []string{
		``, `{`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `[1,]`, `[1 2]`, `{"a":1 "b":2}`, `"abc`, `tru`, `-`, `1.`, `{"a":1}}`, `{_"a":1}`, `{1:2}`, `1e`, `-01`, `{"a":00}`,
		strings.Repeat("[", 20000),
	} {
		assert.False(t, valid([]byte(text)), "%.40s", text)
	}
}

func FuzzSkip(f *testing.F) {
	for _, text := range []string{`{"a":[1,2,{"b":"\u00e9"}]}`, `"\\"`, `-1.5e3`, `[null,true,false]`, `{"a":1,}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if json.Valid(text) && !valid(text) && !bytes.Contains(text, []byte("\\")) {
			t.Fatalf("refused %q", text)
		}
		var s jsonscan.Scanner
		s.Reset(text)
		value := s.Text()
		if s.End(); s.Err() != nil {
			return
		}
		var want string
		if json.Unmarshal(text, &want) == nil && strings.ToValidUTF8(value, "\uFFFD") != strings.ToValidUTF8(want, "\uFFFD") && utf8.Valid(text) {
			t.Fatalf("%q read as %q, want %q", text, value, want)
		}
	})
}

func BenchmarkSkip(b *testing.B) {
	text := []byte(`{"Event":"X","Accumulables":[` + strings.Repeat(`{"ID":1,"Name":"internal.metrics.executorRunTime","Update":740,"Value":740,"Internal":true},`, 40) + `{}]}`)
	var s jsonscan.Scanner
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s.Reset(text)
		s.Skip()
	}
}
