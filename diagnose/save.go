package diagnose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// MaxSnapshot is the largest JSON, in bytes, that [Load] reads.
const MaxSnapshot = 256 << 20

// Save writes the snapshot as JSON. The same snapshot gives the same bytes. The error is the writer's.
func (s *Snapshot) Save(w io.Writer) error {
	out := *s
	out.Schema = Schema
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(out); err != nil {
		return fmt.Errorf("diagnose: a snapshot that cannot be written as JSON: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Load reads a snapshot that [Snapshot.Save] wrote. Text that is no such JSON, has another schema, or is larger than
// [MaxSnapshot] is an error.
func Load(r io.Reader) (*Snapshot, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxSnapshot+1))
	if err != nil {
		return nil, fmt.Errorf("diagnose: reading a snapshot: %w", err)
	}
	if len(raw) > MaxSnapshot {
		return nil, fmt.Errorf("diagnose: a snapshot of more than %d bytes; gather it again with smaller bounds", MaxSnapshot)
	}
	var s Snapshot
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("diagnose: no snapshot: %w; write one with Snapshot.Save", err)
	}
	if s.Schema != Schema {
		return nil, fmt.Errorf("diagnose: schema %.40q of a snapshot; this version reads %q, so gather it again", s.Schema, Schema)
	}
	return &s, nil
}
