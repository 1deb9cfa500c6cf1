package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"

	"github.com/sparkscale/sparkscale/workload"
)

// fingerprint is a hash of all that the plan is made of.
func (s *search) fingerprint() string {
	h := sha256.New()
	for _, r := range s.joined.Runs {
		hashRun(h, r)
	}
	fmt.Fprintf(h, "%v|%v|%v|%v|%v|%v|%v|%v|%v|%d|%d", s.Cluster, s.Quota, s.Driver.Memory, s.Driver.CPU, s.Objective, s.Price,
		s.version, s.current, s.Shapes, s.MaxExecutors, s.Seed)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func hashRun(h hash.Hash, p *workload.Profile) {
	facts, _ := json.Marshal(p.Facts()) // plain numbers and texts: it cannot fail
	h.Write(facts)
	for _, key := range p.Conf.Keys() {
		value, _ := p.Conf.Lookup(key)
		fmt.Fprintf(h, "%q=%q\n", key, value)
	}
	for _, e := range p.Executors {
		fmt.Fprintf(h, "%s %d %d %d %d\n", e.ID, e.Cores, e.Added, e.Removed, e.Peak.Heap)
	}
	var row [24]byte
	for i := range p.Tasks.Len() {
		binary.LittleEndian.PutUint64(row[0:], uint64(p.Tasks.Launch(i)))
		binary.LittleEndian.PutUint64(row[8:], uint64(p.Tasks.Duration(i)))
		binary.LittleEndian.PutUint64(row[16:], uint64(p.Tasks.Executor(i))<<32|uint64(p.Tasks.Index(i)))
		h.Write(row[:])
	}
}
