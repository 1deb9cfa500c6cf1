package sparkapp

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/internal/conform"
	"github.com/sparkscale/sparkscale/internal/yamltext"
)

// Patch is what to send to an API server, as a client takes it:
//
//	client.RawPatch(patch.Type, patch.Data)
type Patch struct {
	// Type says which kind of patch Data is.
	Type types.PatchType
	// Data is JSON.
	Data []byte
	// FieldManager is the owner of the fields that a server-side apply names; of the other kinds it is empty.
	FieldManager string
	// Warnings say what the patch does besides: above all that it restarts the application.
	Warnings []Issue
}

// MergePatch gives the changes since the application was parsed or made, as a JSON merge patch (RFC 7386). It fits objects that the
// operator's defaults were added to, and takes out the executor.instances: 1 among them where dynamic allocation came.
func (a *App) MergePatch() (Patch, error) {
	body := map[string]any{}
	steps := a.changes()
	for _, s := range steps {
		nest(body, s.path, s.after)
	}
	if a.defaultedInstances() {
		nest(body, a.path("executor", "instances"), nil)
	}
	return a.patch(types.MergePatchType, body, a.restart(steps))
}

// nest puts a value at a path, making the mappings on the way.
func nest(body map[string]any, path []string, value any) {
	for _, name := range path[:len(path)-1] {
		next, ok := body[name].(map[string]any)
		if !ok {
			next = map[string]any{}
			body[name] = next
		}
		body = next
	}
	body[path[len(path)-1]] = value
}

// operation is one of RFC 6902.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// JSONPatch gives the changes since the application was parsed or made, as a JSON patch (RFC 6902). It fits the very object that was
// parsed: an API server refuses it where a field that it replaces or removes is not there.
func (a *App) JSONPatch() (Patch, error) {
	operations := []operation{}
	steps := a.changes()
	for _, s := range steps {
		op := operation{Op: "replace", Path: pointer(s.path), Value: s.after}
		switch {
		case !s.had:
			op.Op = "add"
		case !s.has:
			op.Op = "remove"
		}
		operations = append(operations, op)
	}
	return a.patch(types.JSONPatchType, operations, append(a.restart(steps), a.leftInstances()...))
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func pointer(path []string) string {
	var out strings.Builder
	for _, name := range path {
		out.WriteString("/" + pointerEscapes.Replace(name))
	}
	return out.String()
}

// ServerSideApply gives the whole manifest as the named owner applies it; an API server takes out what that owner had applied
// before and is no longer there. Fields that the operator does not have are a [*Refusal], because an API server refuses them; a
// name that is empty, longer than 128 characters or not printable is an [*InvalidError].
func (a *App) ServerSideApply(fieldOwner string) (Patch, error) {
	printable := strings.IndexFunc(fieldOwner, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
	if fieldOwner == "" || len(fieldOwner) > 128 || !printable {
		return Patch{}, wrong(field.NewPath("fieldManager"), fieldOwner, "must be 1 to 128 printable characters")
	}
	if unknown := a.conformity().Unknown; len(unknown) > 0 {
		return Patch{}, &Refusal{
			RefuseUnknownFields, fmt.Sprintf("an API server refuses to apply fields that it does not know: %s", strings.Join(strays(unknown), ", ")),
			"remove them (App.Issues says what each could mean), or send MergePatch",
		}
	}
	values := a.doc.Values()
	yamltext.Tidy(values, noise...)
	yamltext.WithoutNulls(values)
	steps := a.changes()
	warnings := append(a.restart(steps), a.leftInstances()...)
	p, err := a.patch(types.ApplyPatchType, values, append(warnings, a.removals(steps, fieldOwner)...))
	p.FieldManager = fieldOwner
	return p, err
}

func strays(unknown []conform.Stray) []string {
	paths := make([]string, len(unknown))
	for i, u := range unknown {
		paths[i] = u.Path.String()
	}
	slices.Sort(paths)
	return paths
}

func (a *App) patch(t types.PatchType, body any, warnings issues) (Patch, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return Patch{}, fmt.Errorf("sparkapp: %w", err)
	}
	return Patch{Type: t, Data: data, Warnings: warnings.sorted()}, nil
}

// changes are the differences to what was parsed or made, without the status.
func (a *App) changes() []step {
	before, after := maps.Clone(a.original), a.doc.Values()
	delete(before, "status")
	delete(after, "status")
	return diff(before, after)
}

// free are the fields of a spec that may change while an application runs.
var free = []string{"suspend", "timeToLiveSeconds"}

// restart warns of a change that the operator answers with a new submission (EventFilter.Update).
func (a *App) restart(steps []step) (found issues) {
	var paths []string
	for _, s := range steps {
		if s.path[0] == "spec" && len(s.path) > 1 && !slices.Contains(free, s.path[1]) {
			paths = append(paths, pathOf(s.path).String())
		}
	}
	if len(paths) > 0 && a.Kind() == kindApplication {
		found.warn(Restarts, field.NewPath("spec"), paths,
			"a running application is restarted, and a finished one runs again: the operator deletes the driver and submits anew, "+
				"and the work done is lost")
	}
	return found
}

// defaultedInstances reports whether the object in the cluster may hold an executor.instances that no manifest has: the operator's
// webhook adds 1 where dynamic allocation is off, and nobody takes it out when it comes on.
func (a *App) defaultedInstances() bool {
	values, _ := spec(a.original).at(a.path()...)
	mapping, _ := values.(map[string]any)
	before, now := spec(mapping), a.spec()
	_, had := before.at("executor", "instances")
	_, has := now.at("executor", "instances")
	return a.Kind() == kindApplication && now.switchedOn() && !before.switchedOn() && !had && !has
}

func (a *App) leftInstances() (found issues) {
	if a.defaultedInstances() {
		found.warn(DefaultedInstances, pathOf(a.path("executor", "instances")), nil,
			"the object in the cluster may hold 1 here from the operator's webhook, and this patch leaves it; MergePatch takes it out")
	}
	return found
}

func (a *App) removals(steps []step, owner string) (found issues) {
	for _, s := range steps {
		if !s.has {
			found.warn(RemovalNeedsOwner, pathOf(s.path), s.before,
				"it goes only if %s applied it before; MergePatch takes it out in any case", owner)
		}
	}
	return found
}
