package sparkapp

import (
	"slices"
	"strings"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/internal/conform"
	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/internal/yamltext"
	"github.com/sparkscale/sparkscale/spark"
)

// document looks for fields that the operator does not have, and keys that stand twice.
func (c *checker) document() {
	for _, u := range c.conformity().Unknown {
		inTemplate := slices.ContainsFunc([]string{"driver", "executor"}, func(role string) bool {
			return strings.HasPrefix(u.Path.String(), c.at(role, "template").String()+".")
		})
		if inTemplate {
			c.found.warn(IgnoredField, u.Path, u.Value, "the operator 2.5.2 does not know this field of a pod and leaves it out%s", c.hint(u))
			continue
		}
		c.found.fail(UnknownField, u.Path, u.Value,
			"the operator 2.5.2 has no such field: the API server drops it, or refuses it with strict validation%s", c.hint(u))
	}
	for _, twice := range yamltext.Duplicates(c.YAML()) {
		c.found.warn(DuplicateKey, field.NewPath(twice.Key), nil,
			"the key stands twice in one mapping, again in line %d of the document; the last one counts, remove the others", twice.Line)
	}
}

// hint says what was probably meant, as the rest of a sentence.
func (c *checker) hint(u conform.Stray) string {
	parent := strings.TrimSuffix(u.Path.String(), "."+u.Name)
	if parent == c.at(dynamicBlock).String() {
		name := "spark.dynamicAllocation." + u.Name
		if reason, instead := noSuchKey(name); reason != "" {
			return "; " + reason + "; " + instead
		}
		return "; write it as " + c.at("sparkConf", name).String()
	}
	if like := wording.Nearest(u.Name, u.Known); like != "" {
		return "; is it " + like + "?"
	}
	return ""
}

// runSuffix is what the operator adds to the name of a scheduled application for each run: a hyphen and nanoseconds.
const runSuffix = 20

func (c *checker) metadata() {
	path, name := field.NewPath("metadata", "name"), c.Name()
	if prefix := c.text("metadata", "generateName"); name == "" && prefix != "" {
		path, name = field.NewPath("metadata", "generateName"), prefix+"xxxxx"
	}
	if name == "" {
		c.found.fail(MissingField, path, nil, "an application needs a name")
		return
	}
	for _, problem := range validation.IsDNS1035Label(name) {
		c.found.fail(BadName, path, name, "the operator's webhook refuses it: %s", problem)
	}
	if c.Kind() == kindScheduled && len(name)+runSuffix > validation.DNS1035LabelMaxLength {
		c.found.warn(BadName, path, name,
			"the operator appends %d characters for each run, which then has a name that it refuses; use at most %d",
			runSuffix, validation.DNS1035LabelMaxLength-runSuffix)
	}
}

// presence checks what the CRD requires.
func (c *checker) presence() {
	for _, name := range []string{"type", "sparkVersion", "mainApplicationFile", "driver", "executor"} {
		if value, ok := c.now.at(name); !ok || value == "" {
			c.found.fail(MissingField, c.at(name), nil, "the operator requires it")
		}
	}
	if c.Kind() == kindScheduled && c.text("spec", "schedule") == "" {
		c.found.fail(MissingField, field.NewPath("spec", "schedule"), nil, "the operator requires it")
	}
	c.oneOf("type", "Java", "Python", "Scala", "R")
	c.oneOf("mode", "cluster", "client")
	for _, path := range [][]string{{"driver", "cores"}, {"executor", "cores"}, {"executor", "instances"}} {
		value, _ := c.now.at(path...)
		if n, set := value.(int64); set && n < 1 {
			c.found.fail(BadValue, c.at(path...), n, "must be at least 1")
		}
	}
}

func (c *checker) oneOf(name string, allowed ...string) {
	if value := c.now.text(name); value != "" && !slices.Contains(allowed, value) {
		c.found.fail(BadValue, c.at(name), value, "must be one of %s", strings.Join(allowed, ", "))
	}
}

// denied are the keys that the operator's webhook refuses in sparkConf (sparkconf_validator.go), and what to do.
var denied = map[string]string{
	"spark.kubernetes.authenticate.driver.serviceAccountName":   "set spec.driver.serviceAccount",
	"spark.kubernetes.authenticate.executor.serviceAccountName": "set spec.executor.serviceAccount",
	"spark.kubernetes.authenticate.oauthTokenFile":              "the operator manages credentials; remove it",
	"spark.kubernetes.authenticate.oauthToken":                  "the operator manages credentials; remove it",
	"spark.kubernetes.authenticate.driver.oauthTokenFile":       "the operator manages credentials; remove it",
	"spark.kubernetes.authenticate.driver.oauthToken":           "the operator manages credentials; remove it",
	"spark.kubernetes.authenticate.executor.oauthTokenFile":     "the operator manages credentials; remove it",
	"spark.kubernetes.authenticate.executor.oauthToken":         "the operator manages credentials; remove it",
	"spark.master":                              "the operator sets it; remove it",
	"spark.kubernetes.driver.master":            "the operator sets it; remove it",
	"spark.kubernetes.container.image":          "set spec.image",
	"spark.kubernetes.driver.container.image":   "set spec.driver.image",
	"spark.kubernetes.executor.container.image": "set spec.executor.image",
}

// webhook checks what the operator's validating webhook checks (SparkApplicationValidator.validateSpec).
func (c *checker) webhook() {
	for key, value := range c.now.texts("sparkConf") {
		if remedy, refused := denied[key]; refused {
			c.found.fail(DeniedKey, c.at("sparkConf", key), value, "the operator's webhook refuses this key; %s", remedy)
		}
		if key == "spark.kubernetes.namespace" && c.Namespace() != "" && value != c.Namespace() {
			c.found.fail(DeniedKey, c.at("sparkConf", key), value, "must be the namespace of the object, %s; remove it", c.Namespace())
		}
	}
	if c.typed.NodeSelector != nil && (c.typed.Driver.NodeSelector != nil || c.typed.Executor.NodeSelector != nil) {
		c.found.fail(BadValue, c.at("nodeSelector"), c.typed.NodeSelector,
			"the operator's webhook refuses it beside the nodeSelector of driver or executor; keep those")
	}
	c.template("driver", c.typed.Driver.Template != nil)
	c.template("executor", c.typed.Executor.Template != nil)
	c.ingresses(c.typed.DriverIngressOptions)
}

func (c *checker) template(role string, used bool) {
	if used && !since30(c.typed.SparkVersion) {
		c.found.fail(BadValue, c.at(role, "template"), c.typed.SparkVersion,
			"the operator's webhook refuses pod templates unless sparkVersion is 3.0.0 or later")
	}
}

// since30 compares as the operator does (CompareSemanticVersion): what is no semantic version comes before all others, and a
// preview before its release.
func since30(version string) bool {
	v, err := spark.ParseVersion(version)
	preview := strings.HasPrefix(v.Suffix, "-")
	semantic := err == nil && (v.Suffix == "" || preview || strings.HasPrefix(v.Suffix, "+"))
	v.Suffix = ""
	return semantic && v.AtLeast(3, 0) && !(preview && v == spark.Version{Major: 3})
}

func (c *checker) ingresses(options []v1beta2.DriverIngressConfiguration) {
	ports, formats := map[int32]bool{}, map[string]bool{}
	for i, option := range options {
		path := c.at("driverIngressOptions").Index(i)
		switch {
		case option.ServicePort == nil:
			c.found.fail(MissingField, path.Child("servicePort"), nil, "the operator's webhook requires it")
		case ports[*option.ServicePort]:
			c.found.fail(BadValue, path.Child("servicePort"), *option.ServicePort, "the operator's webhook refuses a port that stands twice")
		default:
			ports[*option.ServicePort] = true
		}
		switch {
		case option.IngressURLFormat == "":
			c.found.fail(MissingField, path.Child("ingressURLFormat"), nil, "the operator's webhook requires it")
		case formats[option.IngressURLFormat]:
			c.found.fail(BadValue, path.Child("ingressURLFormat"), option.IngressURLFormat,
				"the operator's webhook refuses a format that stands twice")
		}
		formats[option.IngressURLFormat] = true
	}
}
