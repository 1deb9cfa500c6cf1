package workload

// TaskBytes is what the tasks of a profile take, in bytes.
func TaskBytes(p *Profile) (n int) {
	for i := range p.Tasks.columns {
		n += p.Tasks.columns[i].size()
	}
	return n
}
