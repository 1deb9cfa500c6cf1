// Package yamltext changes single values in YAML text and leaves the rest of the text as it was: comments, order, blank lines,
// quotes and indentation.
//
// Values are read as Kubernetes reads them (sigs.k8s.io/yaml, YAML 1.1); positions come from go.yaml.in/yaml/v3. Every edit is
// tried on the smallest piece of text first, read back and compared with the values that were wanted. Where that fails (flow
// style, aliases, merge keys) the next larger piece is written anew, at last the whole document, so that an edit is never wrong
// and only as disturbing as it must be.
//
// Beside that it cuts a text into its documents ([Split]) and takes out of an object what an author does not write ([Tidy]).
package yamltext
