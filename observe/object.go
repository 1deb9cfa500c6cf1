package observe

import (
	"strconv"
	"strings"

	"github.com/sparkscale/sparkscale/diagnose"
)

// object is an object of Kubernetes in some state.
type object struct {
	document
	kind, namespace, name, uid string
	// version is the resourceVersion, 0 for a manifest that no API server has seen.
	version uint64
}

// objectsOf takes the objects out of a document: itself, or the items of a list.
func objectsOf(d document) []object {
	kind, api := d.text("kind"), d.text("apiVersion")
	if kind == "" || api == "" {
		return nil
	}
	if items, ok := d.at("items"); ok && strings.HasSuffix(kind, "List") {
		var list []object
		for _, item := range items.items() {
			list = append(list, newObject(item, strings.TrimSuffix(kind, "List")))
		}
		return list
	}
	return []object{newObject(d, kind)}
}

// newObject takes an object; items of a typed list may lack their kind.
func newObject(d document, kind string) object {
	o := object{document: d, kind: d.text("kind"), namespace: d.text("metadata", "namespace"), name: d.text("metadata", "name"), uid: d.text("metadata", "uid")}
	if o.kind == "" {
		o.kind = kind
	}
	o.version, _ = strconv.ParseUint(d.text("metadata", "resourceVersion"), 10, 64)
	return o
}

// key is the same for all states of one object. Without a uid, as in a manifest, it is the name.
func (o object) key() string {
	return strings.Join([]string{o.kind, o.namespace, o.name, o.uid}, "/")
}

// latest keeps of each object the state with the highest resourceVersion, of equal ones the last; and leaves out manifests of
// objects that are there as an API server had them. Order is that of the first appearance.
func latest(objects []object) []object {
	place := map[string]int{}
	stored := map[string]bool{}
	var list []object
	for _, o := range objects {
		stored[o.kind+"/"+o.namespace+"/"+o.name] = stored[o.kind+"/"+o.namespace+"/"+o.name] || o.uid != ""
		i, ok := place[o.key()]
		if !ok {
			place[o.key()] = len(list)
			list = append(list, o)
		} else if o.version >= list[i].version {
			list[i] = o
		}
	}
	kept := list[:0]
	for _, o := range list {
		if o.uid != "" || !stored[o.kind+"/"+o.namespace+"/"+o.name] {
			kept = append(kept, o)
		}
	}
	return kept
}

// placer tells where a path of an object stands: in a file, or in the cluster.
type placer func(path ...any) diagnose.Place
