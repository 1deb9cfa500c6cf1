package objectscaler

import (
	"path"
	"regexp"
	"strings"
)

// matcher selects keys by their part after the prefix; nil selects all.
type matcher struct {
	pattern *regexp.Regexp
	base    bool // the last part of the key alone
}

// compileGlob translates a glob to a regular expression, whose matching takes time in proportion to the key.
func compileGlob(glob string) (*matcher, error) {
	if glob == "" {
		return nil, nil
	}
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for rest := glob; rest != ""; {
		rest = translate(&b, rest)
	}
	b.WriteString(`\z`)
	re, err := regexp.Compile(b.String())
	return &matcher{pattern: re, base: !strings.Contains(glob, "/")}, err
}

// translate writes the first part of a glob, and returns what follows.
func translate(b *strings.Builder, glob string) string {
	switch {
	case strings.HasPrefix(glob, "**/"):
		b.WriteString(`(?:.*/)?`)
		return glob[3:]
	case strings.HasPrefix(glob, "**"):
		b.WriteString(`.*`)
		return glob[2:]
	case glob[0] == '*':
		b.WriteString(`[^/]*`)
	case glob[0] == '?':
		b.WriteString(`[^/]`)
	default:
		end := strings.IndexAny(glob, "*?")
		if end < 0 {
			end = len(glob)
		}
		b.WriteString(regexp.QuoteMeta(glob[:end]))
		return glob[end:]
	}
	return glob[1:]
}

func (m *matcher) matches(rest, key string) bool {
	if m == nil {
		return true
	}
	if m.base {
		return m.pattern.MatchString(path.Base(key))
	}
	return m.pattern.MatchString(rest)
}
