package sparkapp

import (
	"errors"
	"strings"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
)

const dynamicPrefix = "spark.dynamicAllocation."

// noSuchKey says why a key of dynamic allocation is none, and which there are; nothing of a key that exists or is of no concern.
func noSuchKey(key string) (reason, instead string) {
	if len(key) < len(dynamicPrefix) || !strings.EqualFold(key[:len(dynamicPrefix)], dynamicPrefix) || spelled(key) != "" {
		return "", ""
	}
	reason = "Spark has no key " + key + " in any release"
	if strings.EqualFold(key, dynamicPrefix+"shuffleServiceFetchRddTimeout") {
		return reason, "what exists is " + strings.Join([]string{
			spark.ShuffleServiceFetchRDD.Name + " (with an external shuffle service, blocks on disk do not hold an executor)",
			spark.CachedExecutorIdleTimeout.Name, "and " + spark.ShuffleTrackingTimeout.Name,
		}, ", ")
	}
	var names []string
	for _, k := range spark.Keys() {
		if name, dynamic := strings.CutPrefix(k.Name, dynamicPrefix); dynamic && k.Name != spark.DynamicAllocationTesting.Name {
			names = append(names, name)
		}
	}
	if like := wording.Nearest(key[len(dynamicPrefix):], names); like != "" {
		return reason, "is it " + dynamicPrefix + like + "?"
	}
	return reason, "it has " + dynamicPrefix + "{" + strings.Join(names, ", ") + "}"
}

// spelled is the key as Spark writes it, whatever its case; "" for a key that is not known.
func spelled(key string) string {
	for _, k := range spark.Keys() {
		if strings.EqualFold(k.Name, key) {
			return k.Name
		}
	}
	return ""
}

// keys looks for keys of sparkConf that are not what they seem.
func (c *checker) keys() {
	conf := c.now.texts("sparkConf")
	for key, value := range conf {
		if reason, instead := noSuchKey(key); reason != "" {
			c.found.fail(UnknownKey, c.at("sparkConf", key), value, "%s; %s", reason, instead)
			continue
		}
		if right := spelled(key); right != "" && right != key {
			c.found.fail(KeyCase, c.at("sparkConf", key), value, "Spark's keys are case-sensitive and it ignores this one; write %s", right)
		}
	}
	for _, f := range crdFields {
		text, typed := c.later.typed(f)
		other, set := conf[f.key]
		switch {
		case !typed || !set || same(f.key, text, other):
		case f.early:
			c.found.warn(Overridden, c.at(f.below()...), text, "sparkConf has %s: %s, which wins; keep one", f.key, other)
		default:
			c.found.warn(Overridden, c.at("sparkConf", f.key), other, "%s is %s, which wins; keep one", c.at(f.below()...), text)
		}
	}
}

// values checks that Spark can read what it gets.
func (c *checker) values() {
	c.blanks()
	c.withoutOverhead()
	for _, key := range spark.Keys() {
		if !c.conf.IsSet(key) {
			continue
		}
		var bad *spark.ValueError
		if errors.As(c.conf.Check(key), &bad) {
			c.found.fail(codeOf(key.Name), c.Locate(key.Name), bad.Value, "%v", bad.Err)
		}
	}
	_, err := sizing.FromConf(c.conf)
	c.refused(err)
	_, err = sizing.DriverPod(c.conf, c.Language())
	c.refused(err)
	_, err = allocation.FromConf(c.conf)
	c.refused(err)
}

// withoutOverhead warns of an overhead of zero, which Spark accepts and a shape cannot say; further checks take the default.
func (c *checker) withoutOverhead() {
	for _, key := range []spark.Key{spark.DriverMemoryOverhead, spark.ExecutorMemoryOverhead} {
		if size, err := c.conf.Size(key); err == nil && size == 0 && c.conf.IsSet(key) {
			text, _ := c.conf.Value(key)
			c.found.warn(BadValue, c.Locate(key.Name), text,
				"a JVM needs memory beside its heap, and Kubernetes kills the container when it takes some; remove it, or write at "+
					"least 384m")
			c.conf = c.conf.With(map[string]string{key.Name: ""})
		}
	}
}

// blanks finds fields that are there and empty, which the operator passes on as they are.
func (c *checker) blanks() {
	for _, role := range []string{"driver", "executor"} {
		for _, name := range []string{"coreRequest", "coreLimit", "memory", "memoryOverhead"} {
			if _, set := c.now.at(role, name); set && strings.TrimSpace(c.now.text(role, name)) == "" {
				c.found.fail(BadValue, c.at(role, name), c.now.text(role, name), "must not be empty; remove it")
			}
		}
	}
}

// codeOf tells the bounds of executors from other keys.
func codeOf(key string) Code {
	switch key {
	case spark.MinExecutors.Name, spark.InitialExecutors.Name, spark.MaxExecutors.Name, spark.ExecutorInstances.Name:
		return BadBounds
	}
	return BadValue
}
