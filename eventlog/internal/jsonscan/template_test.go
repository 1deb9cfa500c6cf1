package jsonscan_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog/internal/jsonscan"
)

type wants = map[string]*jsonscan.Want

var wanted = &jsonscan.Want{Kind: jsonscan.Mark, Members: wants{
	"Event": {Kind: jsonscan.Mark},
	"n":     {Slot: 0},
	"s":     {Kind: jsonscan.Text, Slot: 0},
	"t":     {Kind: jsonscan.Truth, Slot: 1},
	"o":     {Kind: jsonscan.Object, Slot: 2, Members: wants{"n": {Slot: 3}, "s": {Kind: jsonscan.Text, Slot: 1}}},
}}

// walked reads a text that is like no other one.
func walked(text string) (v jsonscan.Values, err error) {
	err = (&jsonscan.Template{Want: wanted}).Read(&jsonscan.Scanner{}, []byte(text), &v)
	return v, err
}

const learnt = `{"Event":"E","n":12,"x":"a b","list":[{"id":1,"name":"p","v":"3"},{"id":2,"name":"q","v":4}],"o":{"n":5,"s":"t","f":false},"s":"u","t":true}`

// TestTemplate reads texts that are like one before, and holds which are compared and which have to be walked.
func TestTemplate(t *testing.T) {
	var s jsonscan.Scanner
	var v jsonscan.Values
	for text, like := range map[string]bool{
		learnt:                                 true,
		strings.Replace(learnt, "12", "-7", 1): true,
		strings.Replace(learnt, "12", "123456789012345678", 1):                                      true,
		strings.Replace(learnt, "12", "1", 1):                                                       true,
		strings.NewReplacer(`"u"`, `"longer"`, `:"t"`, `:""`, "true", "false").Replace(learnt):      true,
		strings.Replace(learnt, `{"id":1,"name":"p","v":"3"},`, ``, 1):                              true,
		strings.Replace(learnt, `{"id":2`, `{"id":7,"name":"r","v":"8"},{"id":2`, 1):                true,
		strings.Replace(learnt, `4}]`, `4},{"id":3,"name":"z","v":5},{"id":3,"name":"","v":6}]`, 1): true,
		strings.Replace(learnt, `{"id":1`, `{"i\u0064":[1,{"a":"]"}]},null,{"id":1`, 1):             true,
		strings.Replace(learnt, `"E"`, `"F"`, 1):                                                    false,
		strings.Replace(learnt, "12", "1e2", 1):                                                     false,
		strings.Replace(learnt, "12", "1.5", 1):                                                     false,
		strings.Replace(learnt, "12", `"12"`, 1):                                                    false,
		strings.Replace(learnt, "12", "1234567890123456789", 1):                                     false,
		strings.Replace(learnt, `"u"`, `"\""`, 1):                                                   false,
		strings.Replace(learnt, `"n":12,`, ``, 1):                                                   false,
		strings.Replace(learnt, `"o":{`, `"o": {`, 1):                                               false,
		learnt + " ": false,
	} {
		template := jsonscan.Template{Want: wanted}
		require.NoError(t, template.Read(&s, []byte(learnt), &v))
		want, err := walked(text)
		require.NoError(t, err)
		assert.Equal(t, like, template.Match(&s, []byte(text), &v), text)
		if !like {
			require.NoError(t, template.Read(&s, []byte(text), &v))
		}
		assert.Equal(t, want, v, text)
		assert.True(t, template.Match(&s, []byte(learnt), &v), "both are known now")
	}
}

// TestWanted holds that of members of one name the last one counts, with all that is in it.
func TestWanted(t *testing.T) {
	v, err := walked(`{"n":1,"o":{"n":2,"s":"a"},"s":"b","o":{"s":"\u0063"},"n":"x","t":true,"s":5,"\u006e":[]}`)
	require.NoError(t, err)
	assert.Equal(t, jsonscan.Values{Numbers: [len(v.Numbers)]int64{1: 1, 2: 1}, Texts: [len(v.Texts)]string{1: "c"}}, v)
	var s jsonscan.Scanner
	repeated := []byte(`{"n":1,"n":2}`)
	template := jsonscan.Template{Want: wanted}
	require.NoError(t, template.Read(&s, repeated, &v))
	assert.EqualValues(t, 2, v.Numbers[0])
	assert.False(t, template.Match(&s, repeated, &v), "is no example for others")
}

// TestBadTextIsNotLearnt holds that texts which are not right take no place.
func TestBadTextIsNotLearnt(t *testing.T) {
	var s jsonscan.Scanner
	var v jsonscan.Values
	template := jsonscan.Template{Want: wanted}
	require.NoError(t, template.Read(&s, []byte(learnt), &v))
	for i := range len(learnt) {
		require.Error(t, template.Read(&s, []byte(learnt[:i]), &v))
		require.False(t, template.Match(&s, []byte(learnt[:i]), &v))
	}
	assert.True(t, template.Match(&s, []byte(learnt), &v))
}

// TestManyForms keeps the last few forms.
func TestManyForms(t *testing.T) {
	var s jsonscan.Scanner
	var v jsonscan.Values
	template := jsonscan.Template{Want: wanted}
	known := 0
	for i := range 20 {
		require.NoError(t, template.Read(&s, []byte(`{"n":1,"`+strings.Repeat("x", i)+`y":2}`), &v))
	}
	for i := range 20 {
		if template.Match(&s, []byte(`{"n":3,"`+strings.Repeat("x", i)+`y":4}`), &v) {
			assert.EqualValues(t, 3, v.Numbers[0])
			known++
		}
	}
	assert.Equal(t, 4, known)
}

func TestMatchAllocatesNothing(t *testing.T) {
	var s jsonscan.Scanner
	var v jsonscan.Values
	template := jsonscan.Template{Want: wanted}
	require.NoError(t, template.Read(&s, []byte(learnt), &v))
	other := []byte(strings.NewReplacer("12", "9", "true", "false", `"q"`, `"r"`).Replace(learnt))
	assert.Zero(t, testing.AllocsPerRun(100, func() { assert.True(t, template.Match(&s, other, &v)) }))
}

// FuzzTemplate holds that a text which passes as being like another one is right, and read as if it were walked.
func FuzzTemplate(f *testing.F) {
	f.Add(learnt, strings.Replace(learnt, "12", "13", 1))
	f.Add(`{"n":1,"x":[[1],{"a":[]}],"s":""}`, `{"n":-0,"x":[],"s":"\\"}`)
	f.Add(learnt, strings.Replace(learnt, "12", "2x", 1))
	f.Add(`[1,{"n":2}]`, `[{"n":3},1]`)
	f.Fuzz(func(t *testing.T, first, second string) {
		var s jsonscan.Scanner
		var v jsonscan.Values
		template := jsonscan.Template{Want: wanted}
		errFirst := template.Read(&s, []byte(first), &v)
		if json.Valid([]byte(first)) && !strings.Contains(first, `\`) {
			require.NoError(t, errFirst)
		}
		matched := template.Match(&s, []byte(second), &v)
		want, err := walked(second)
		if matched {
			require.NoError(t, err)
			require.Equal(t, want, v)
		}
	})
}

// FuzzBalanced holds that a right text is balanced, and no longer when it is cut, whatever comes behind.
func FuzzBalanced(f *testing.F) {
	f.Add(learnt, uint(5))
	f.Add(`{"a":"[{\"\\","b":["]}\\\\"]}`, uint(9))
	f.Fuzz(func(t *testing.T, text string, cut uint) {
		text = strings.TrimSpace(text)
		if !json.Valid([]byte(text)) || text[0] != '{' {
			_ = jsonscan.Balanced([]byte(text))
			return
		}
		require.True(t, jsonscan.Balanced([]byte(text)))
		part := text[:1+cut%uint(len(text))]
		if part != text {
			require.False(t, jsonscan.Balanced([]byte(part)), part)
			require.False(t, jsonscan.Balanced([]byte(part+text)), part)
		}
	})
}

func BenchmarkBalanced(b *testing.B) {
	text := []byte(strings.Repeat(learnt, 30))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		jsonscan.Balanced(text)
	}
}

func BenchmarkMatch(b *testing.B) {
	var s jsonscan.Scanner
	var v jsonscan.Values
	template := jsonscan.Template{Want: wanted}
	require.NoError(b, template.Read(&s, []byte(learnt), &v))
	other := []byte(strings.NewReplacer("12", "9", "true", "false", `"q"`, `"r"`).Replace(learnt))
	b.SetBytes(int64(len(other)))
	b.ReportAllocs()
	for b.Loop() {
		template.Match(&s, other, &v)
	}
}
