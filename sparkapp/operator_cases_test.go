package sparkapp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/units"
)

// operatorCases are what the operator's own tests accept and refuse.
type operatorCases struct {
	Names []struct {
		AppName, Why string
		Valid        bool
	}
	SparkConf []struct {
		Name      string
		SparkConf map[string]string
		Valid     bool
	}
	SpecRules []struct {
		Change, Message string
		Valid           bool
	} `json:"spec_rules"`
	Memory struct {
		Valid []struct {
			Input    string
			Expected int64
		}
		Invalid []string
	} `json:"java_memory_bytes"`
	CPU struct {
		Valid []struct {
			CoreRequest *string
			Cores       *int32
			Expected    string
		}
		Invalid []string
	} `json:"cpu_request"`
	Mi []struct {
		Expected string
		Input    int64
	} `json:"bytes_to_mi"`
}

func cases(t *testing.T) (c operatorCases) {
	t.Helper()
	dataset.JSON(t, "thirdparty/expectations/spark-operator/webhook-and-sizing-cases.json", &c)
	return c
}

// pi is a small application that nothing is wrong with, changed.
func pi(t testing.TB, options ...sparkapp.Option) *sparkapp.App {
	t.Helper()
	app, err := sparkapp.New("pi", "default", sparkapp.Scala("3.5.6", "Pi", "local:///pi.jar"))
	require.NoError(t, err)
	_, err = app.Edit(options...)
	require.NoError(t, err)
	return app
}

// codes are the errors found, by path.
func codes(app *sparkapp.App, o sparkapp.ValidateOptions) map[string]sparkapp.Code {
	found := map[string]sparkapp.Code{}
	for _, issue := range app.Issues(o) {
		if issue.Severity == sparkapp.Error {
			found[issue.Path] = issue.Code
		}
	}
	return found
}

func TestNamesAsTheOperator(t *testing.T) {
	for _, c := range cases(t).Names {
		_, err := sparkapp.New(c.AppName, "default", sparkapp.Scala("3.5.6", "Pi", "local:///pi.jar"))
		assert.Equal(t, c.Valid, err == nil, "%s: %v", c.Why, err)
	}
}

func TestSparkConfAsTheOperator(t *testing.T) {
	for _, c := range cases(t).SparkConf {
		app := pi(t, sparkapp.Conf(c.SparkConf))
		assert.Equal(t, c.Valid, app.Validate(sparkapp.ValidateOptions{}) == nil, c.Name)
		for key := range c.SparkConf {
			if !c.Valid {
				assert.Equal(t, sparkapp.DeniedKey, codes(app, sparkapp.ValidateOptions{})["spec.sparkConf["+key+"]"], c.Name)
			}
		}
	}
}

// breaks makes an application that breaks the rule with that message.
var breaks = map[string]func(*v1beta2.SparkApplicationSpec) error{
	"node selector cannot be defined": func(s *v1beta2.SparkApplicationSpec) error {
		s.NodeSelector, s.Driver.NodeSelector = map[string]string{"zone": "a"}, map[string]string{"zone": "b"}
		return nil
	},
	"duplicate ServicePort": func(s *v1beta2.SparkApplicationSpec) error {
		s.DriverIngressOptions = []v1beta2.DriverIngressConfiguration{
			{ServicePort: new(int32(4040)), IngressURLFormat: "a"}, {ServicePort: new(int32(4040)), IngressURLFormat: "b"},
		}
		return nil
	},
	"pod template": func(s *v1beta2.SparkApplicationSpec) error {
		s.SparkVersion, s.Executor.Template = "2.4.8", podTemplate()
		return nil
	},
	"failed to validate resource quota": func(s *v1beta2.SparkApplicationSpec) error {
		s.Driver.CoreLimit, s.Executor.CoreLimit = new("1"), new("1")
		return nil
	},
}

func TestSpecRulesAsTheOperator(t *testing.T) {
	for _, c := range cases(t).SpecRules {
		t.Run(c.Change, func(t *testing.T) {
			for message, change := range breaks {
				if strings.Contains(c.Message, message) {
					o := sparkapp.ValidateOptions{}
					if strings.Contains(c.Change, "quota limits.cpu=1") {
						o.Quota = allocation.Quota{LimitsCPU: units.Cores(1)}
					}
					assert.Equal(t, c.Valid, pi(t, change).Validate(o) == nil)
					return
				}
			}
			t.Skipf("%s a rule that nothing here can break: %s", dataset.SkipPrefix, c.Message)
		})
	}
}

func TestMemoryAsTheOperator(t *testing.T) {
	c := cases(t)
	for _, m := range c.Memory.Valid {
		got, err := units.ParseJVM(m.Input, 1)
		require.NoError(t, err)
		assert.Equal(t, m.Expected, int64(got), m.Input)
	}
	for _, text := range c.Memory.Invalid {
		app := pi(t, func(s *v1beta2.SparkApplicationSpec) error { s.Executor.Memory = &text; return nil })
		assert.Equal(t, sparkapp.BadValue, codes(app, sparkapp.ValidateOptions{})["spec.executor.memory"], text)
	}
	for _, m := range c.Mi {
		assert.Equal(t, m.Expected, fmt.Sprintf("%dMi", units.Bytes(m.Input).MiB()))
	}
}

func TestCPURequestsAsTheOperator(t *testing.T) {
	c := cases(t).CPU
	for _, r := range c.Valid {
		app := pi(t, func(s *v1beta2.SparkApplicationSpec) error {
			s.Executor.CoreRequest, s.Executor.Cores = r.CoreRequest, r.Cores
			return nil
		})
		require.NoError(t, app.Validate(sparkapp.ValidateOptions{}))
		shape, err := app.Shape()
		require.NoError(t, err)
		pod, err := shape.Pod(app.Version())
		require.NoError(t, err)
		assert.Equal(t, r.Expected, pod.CPU.String())
	}
	for _, text := range c.Invalid {
		app := pi(t, func(s *v1beta2.SparkApplicationSpec) error { s.Executor.CoreRequest = &text; return nil })
		assert.Equal(t, sparkapp.BadValue, codes(app, sparkapp.ValidateOptions{})["spec.executor.coreRequest"], text)
	}
}
