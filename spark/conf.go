package spark

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/units"
)

// Conf is a Spark configuration: the properties that were set, and the version that reads them. It is immutable
// and safe for concurrent use; the zero value is empty and of unknown version.
type Conf struct {
	version Version
	set     map[string]string
}

// NewConf binds a copy of properties to the version that reads them.
func NewConf(version Version, properties map[string]string) Conf {
	return Conf{version: version, set: maps.Clone(properties)}
}

// Version returns the release whose defaults apply.
func (c Conf) Version() Version { return c.version }

// Len returns how many properties were set.
func (c Conf) Len() int { return len(c.set) }

// Keys returns the names of the properties that were set, sorted.
func (c Conf) Keys() []string { return slices.Sorted(maps.Keys(c.set)) }

// Lookup returns the property as it was set, for any name.
func (c Conf) Lookup(name string) (string, bool) {
	value, ok := c.set[name]
	return value, ok
}

// With returns a Conf in which the properties are set as well; an empty value unsets one.
func (c Conf) With(properties map[string]string) Conf {
	set := maps.Clone(c.set)
	if set == nil {
		set = map[string]string{}
	}
	for name, value := range properties {
		if value == "" {
			delete(set, name)
		} else {
			set[name] = value
		}
	}
	return Conf{version: c.version, set: set}
}

// Origin says where the value of a key comes from.
type Origin struct {
	// Key is the name that was read: the key itself, or the one it falls back to.
	Key string
	// Default is true where nothing was set and Version's default applies.
	Default bool
	// Version is the one whose default applies.
	Version Version
}

// String writes "spark.executor.cores" or "Spark 3.5.6 default of spark.executor.cores".
func (o Origin) String() string {
	if o.Default {
		return fmt.Sprintf("Spark %s default of %s", o.Version, o.Key)
	}
	return o.Key
}

// Value returns the text that Spark reads for the key, and where it comes from: what was set, else what the key
// falls back to, else the version's default, which is "" for a key without one.
func (c Conf) Value(key Key) (string, Origin) {
	if value, ok := c.set[key.Name]; ok {
		return value, Origin{Key: key.Name, Version: c.version}
	}
	if key.fallback != nil {
		return c.Value(*key.fallback)
	}
	return key.Default(c.version), Origin{Key: key.Name, Default: true, Version: c.version}
}

// IsSet reports whether the key was set explicitly.
func (c Conf) IsSet(key Key) bool {
	_, ok := c.set[key.Name]
	return ok
}

// ValueError says that a property has a value that Spark would refuse.
type ValueError struct {
	// Key is the property.
	Key string
	// Value is what was set.
	Value string
	// Err says what is wrong with it.
	Err error
}

// Error implements error.
func (e *ValueError) Error() string { return fmt.Sprintf("%s = %q: %v", e.Key, e.Value, e.Err) }

// Unwrap returns what is wrong with the value.
func (e *ValueError) Unwrap() error { return e.Err }

func read[T any](c Conf, key Key, parse func(string) (T, error)) (T, error) {
	text, origin := c.Value(key)
	value, err := parse(text)
	if err != nil {
		return value, &ValueError{Key: origin.Key, Value: text, Err: err}
	}
	return value, nil
}

// Size reads a key that holds a size; without default it is 0.
func (c Conf) Size(key Key) (units.Bytes, error) {
	return read(c, key, func(s string) (units.Bytes, error) {
		if s == "" {
			return 0, nil
		}
		return units.ParseJVM(s, key.Bytes)
	})
}

// Time reads a key that holds a time; without default it is 0.
func (c Conf) Time(key Key) (time.Duration, error) {
	return read(c, key, func(s string) (time.Duration, error) {
		if s == "" {
			return 0, nil
		}
		return units.ParseTime(s, key.Tick)
	})
}

// Int reads a key that holds a whole number of 32 bits; without default it is 0.
func (c Conf) Int(key Key) (int, error) {
	return read(c, key, func(s string) (int, error) {
		if s == "" {
			return 0, nil
		}
		n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
		if err != nil {
			return 0, fmt.Errorf("it should be a whole number of at most 32 bits")
		}
		return int(n), nil
	})
}

// Float reads a key that holds a number; without default it is 0.
func (c Conf) Float(key Key) (float64, error) {
	return read(c, key, func(s string) (float64, error) {
		if s == "" {
			return 0, nil
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil {
			return 0, fmt.Errorf("it should be a number")
		}
		return f, nil
	})
}

// Bool reads a key that holds true or false, in either case; without default it is false.
func (c Conf) Bool(key Key) (bool, error) {
	return read(c, key, func(s string) (bool, error) {
		switch strings.ToLower(strings.TrimSpace(s)) {
		case "true":
			return true, nil
		case "false", "":
			return false, nil
		}
		return false, fmt.Errorf("it should be true or false")
	})
}

// Check says whether Spark can read the value of the key, set or not, as what the key holds: the error is a *[ValueError].
func (c Conf) Check(key Key) (err error) {
	switch key.Kind {
	case Bool:
		_, err = c.Bool(key)
	case Int:
		_, err = c.Int(key)
	case Float:
		_, err = c.Float(key)
	case Size:
		_, err = c.Size(key)
	case Time:
		_, err = c.Time(key)
	}
	return err
}

// OnKubernetes reports whether spark.master names a Kubernetes cluster.
func (c Conf) OnKubernetes() bool {
	master, _ := c.Value(Master)
	return strings.HasPrefix(master, "k8s://")
}
