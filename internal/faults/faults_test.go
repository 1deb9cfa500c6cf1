package faults_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/internal/faults"
)

func TestEveryErrorIsTold(t *testing.T) {
	list := field.ErrorList{
		field.Invalid(field.NewPath("a"), 1, "too few"), field.Required(field.NewPath("b", "c"), "there is none"),
	}
	assert.Equal(t, `sizing: a: Invalid value: 1: too few; b.c: Required value: there is none`, faults.Text("sizing", list))
	assert.Equal(t, []error{list[0], list[1]}, faults.Each(list))
	assert.Empty(t, faults.Each(nil))
}
