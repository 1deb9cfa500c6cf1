package sparkapp

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/sparkscale/sparkscale/internal/yamltext"
)

// File is a text of several documents, of which the applications can be changed; the others stay as they are.
type File struct {
	// Apps are the applications, in the order of the text.
	Apps []*App

	parts []part
}

// part is a document: an application, or else text that is none of ours.
type part struct {
	app  *App
	text []byte
}

// Parse reads a manifest with one SparkApplication or ScheduledSparkApplication, in YAML or JSON. The text is kept and edited, so
// that what this package does not know stays: [App.YAML] of an untouched application is the text itself. Fields that the
// operator does not have are no error here but among [App.Issues].
//
// The error is a [*SyntaxError], a [*Refusal] for another kind of object, an [*InvalidError] where a value has the wrong type (a
// number in sparkConf, say), or [ErrTooLarge]. Text with more than one document is for [ParseAll].
func Parse(text []byte) (*App, error) {
	file, err := ParseAll(text)
	if err != nil {
		return nil, err
	}
	if len(file.parts) == 1 && len(file.Apps) == 1 {
		return file.Apps[0], nil
	}
	return nil, &Refusal{
		RefuseCount, fmt.Sprintf("the text has %d documents, %d of them Spark applications", len(file.parts), len(file.Apps)),
		"ParseAll reads several",
	}
}

// ParseAll reads all documents of a text. The error joins those of all documents; see [Parse].
func ParseAll(text []byte) (*File, error) {
	file, errs, line := &File{}, []error(nil), 0
	for i, document := range yamltext.Split(text) {
		app, err := parse(document, i+1, line)
		if err != nil {
			errs = append(errs, err)
		}
		file.add(app, document)
		line += bytes.Count(document, []byte("\n"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return file, nil
}

func (f *File) add(app *App, text []byte) {
	if app != nil {
		f.Apps = append(f.Apps, app)
	}
	f.parts = append(f.parts, part{app, text})
}

// YAML writes all documents, the applications as they are now.
func (f *File) YAML() []byte {
	var out []byte
	for _, p := range f.parts {
		text := p.text
		if p.app != nil {
			text = p.app.YAML()
		}
		if len(out) > 0 && !bytes.HasSuffix(out, []byte("\n")) {
			out = append(out, '\n')
		}
		out = append(out, text...)
	}
	return out
}

// parse reads one document; an object that has nothing to do with Spark gives neither an App nor an error.
func parse(text []byte, document, before int) (*App, error) {
	if len(text) > MaxManifest {
		return nil, fmt.Errorf("%w: document %d has %d bytes, more than %d", ErrTooLarge, document, len(text), MaxManifest)
	}
	doc, err := yamltext.Parse(text, order...)
	if err != nil {
		return nil, syntaxError(document, before, err)
	}
	ours, err := identify(doc)
	if err != nil || !ours {
		return nil, err
	}
	if list := endless(nil, doc.Values(), false); len(list) > 0 {
		return nil, &InvalidError{list}
	}
	return newApp(doc)
}

// identify tells applications from other objects, and refuses those that only look like one.
func identify(doc *yamltext.Document) (ours bool, err error) {
	version, _ := doc.At("apiVersion")
	kind, _ := doc.At("kind")
	group, _, _ := strings.Cut(fmt.Sprint(version), "/")
	switch {
	case group == "spark.apache.org":
		return false, &Refusal{
			RefuseGroup, fmt.Sprintf("%v %v belongs to the Spark operator of Apache, another program with other fields", version, kind),
			"write a SparkApplication of sparkoperator.k8s.io/v1beta2 (the Kubeflow operator)",
		}
	case group != groupVersion.Group:
		return false, nil
	case version == groupVersion.String() && (kind == kindApplication || kind == kindScheduled):
		return true, nil
	case kind == kindApplication || kind == kindScheduled:
		return false, &Refusal{
			RefuseVersion, fmt.Sprintf("the operator 2.5.2 does not serve %v", version), "write apiVersion: " + groupVersion.String(),
		}
	}
	return false, &Refusal{
		RefuseKind, fmt.Sprintf("%v %v is not an application: it has no memoryOverhead, coreRequest, coreLimit or restart policy", version, kind),
		"size it through its sparkConf, or write a SparkApplication",
	}
}
