package objectscaler

import (
	"math"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The bounds of an interval between listings.
const (
	MinInterval = time.Second
	MaxInterval = time.Hour
)

// maxText is the longest key of an object, in bytes, that a store takes, and the longest glob.
const maxText = 1024

var (
	bucketName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,220}[A-Za-z0-9]$`)
	regionName = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)
)

// Validate says what is wrong with the trigger: nil, or an [*InvalidError] with an entry for each fault.
func (t Trigger) Validate() error {
	if list := t.check(); len(list) > 0 {
		return &InvalidError{Errors: list}
	}
	return nil
}

func (t Trigger) check() field.ErrorList {
	return slices.Concat(t.checkBucket(), t.checkPrefix(), t.checkSizes(), t.checkFilter(), t.checkPlan())
}

func invalid(key, value, detail string) field.ErrorList {
	return field.ErrorList{field.Invalid(at(key), shown(value, false), detail)}
}

func (t Trigger) checkBucket() field.ErrorList {
	switch {
	case schemes[t.Provider] == "":
		return invalid("provider", string(t.Provider), "it is one of s3, gcs, azure, file")
	case t.Bucket == "":
		return field.ErrorList{field.Required(at("bucketName"), "where the objects lie")}
	case t.Region != "" && t.Provider != S3:
		return invalid("awsRegion", t.Region, "only provider s3 has regions")
	case t.Region != "" && !regionName.MatchString(t.Region):
		return invalid("awsRegion", t.Region, "it is for example us-east-1")
	case t.Provider == File:
		return t.checkFolder()
	case !bucketName.MatchString(t.Bucket):
		return invalid("bucketName", t.Bucket, "it is the bare name; what comes after a slash goes into prefix, and what comes before :// into provider")
	}
	return nil
}

func (t Trigger) checkFolder() field.ErrorList {
	if !path.IsAbs(t.Bucket) || path.Clean(t.Bucket) != t.Bucket || !plain(t.Bucket) {
		return invalid("bucketName", t.Bucket, "with provider file it is an absolute folder, for example /data/inbox")
	}
	if slices.Contains(strings.Split(t.Prefix, "/"), "..") {
		return invalid("prefix", t.Prefix, "it must not leave the folder")
	}
	return nil
}

func (t Trigger) checkPrefix() field.ErrorList {
	switch {
	case !plain(t.Prefix):
		return invalid("prefix", t.Prefix, "it is UTF-8 text of at most 1024 bytes")
	case strings.HasPrefix(t.Prefix, "/"):
		return invalid("prefix", t.Prefix, "keys do not start with a slash, so that it would select nothing; write "+strings.TrimLeft(t.Prefix, "/"))
	}
	return nil
}

func plain(text string) bool {
	return len(text) <= maxText && utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

func (t Trigger) checkSizes() field.ErrorList {
	var list field.ErrorList
	switch {
	case !slices.Contains([]Metric{Count, Size, Age, Planned}, t.Metric):
		list = append(list, invalid("metric", string(t.Metric), "it is one of count, bytes, age, planned")...)
	case t.Target == 0:
		list = append(list, field.Required(at("targetSize"), "how much one replica is for"))
	case !(t.Target > 0) || math.IsInf(t.Target, 0):
		list = append(list, invalid("targetSize", t.writeSize(t.Target), "it must be above 0")...)
	case t.Metric == Planned && t.Target != 1:
		list = append(list, invalid("targetSize", t.writeSize(t.Target), "metric planned counts executors, so that its target is always 1")...)
	}
	if !(t.Activation >= 0) || math.IsInf(t.Activation, 0) {
		list = append(list, invalid("activationTargetSize", t.writeSize(t.Activation), "it must not be below 0")...)
	}
	if t.Metric == Count && t.MaxObjects > 0 && float64(t.MaxObjects) <= t.Activation {
		list = append(list, invalid("maxObjects", writeCount(t.MaxObjects), "it must be above activationTargetSize, or nothing would ever start")...)
	}
	if t.MaxObjects < 0 {
		list = append(list, invalid("maxObjects", writeCount(t.MaxObjects), "it must be above 0")...)
	}
	return list
}

func (t Trigger) checkFilter() field.ErrorList {
	var list field.ErrorList
	if _, err := compileGlob(t.Glob); err != nil || !plain(t.Glob) {
		list = append(list, invalid("glob", t.Glob, "it is text with *, ** and ?, for example *.parquet")...)
	}
	if t.MinAge < 0 || t.MaxAge < 0 || t.MaxAge > 0 && t.MinAge >= t.MaxAge {
		list = append(list, invalid("maxAge", t.MaxAge.String(), "it must be above minAge, "+t.MinAge.String()+", or nothing would ever count")...)
	}
	if t.Interval != 0 && (t.Interval < MinInterval || t.Interval > MaxInterval) {
		list = append(list, invalid("pollingInterval", t.Interval.String(), "it is between 1s and 1h")...)
	}
	return list
}

func (t Trigger) checkPlan() field.ErrorList {
	var list field.ErrorList
	planned := t.Metric == Planned
	switch {
	case planned && t.Plan == "":
		list = append(list, field.Required(at("plan"), "metric planned counts with the work of a plan that the scaler was started with"))
	case !planned && t.Plan != "":
		list = append(list, field.Forbidden(at("plan"), "only metric planned has a plan"))
	}
	switch {
	case planned && t.Deadline <= 0:
		list = append(list, field.Required(at("deadline"), "metric planned counts the executors that are done within it"))
	case !planned && t.Deadline != 0:
		list = append(list, field.Forbidden(at("deadline"), "only metric planned has a deadline"))
	}
	return list
}
