package main

import (
	"strings"

	"github.com/sparkscale/sparkscale/allocation"
)

// backend is a mock of the cluster manager, whose answers the script sets. It writes each call into the trace.
type backend struct {
	player *player
	// registered are the executors it has, leaving those of them whose removal it accepted.
	registered, leaving map[allocation.Executor]bool

	refusesRequests, refusesKills bool
	// refused are the ids that it keeps.
	refused map[string]bool
}

func (b *backend) add(e allocation.Executor) { b.registered[e] = true }

func (b *backend) remove(e allocation.Executor) {
	delete(b.registered, e)
	delete(b.leaving, e)
}

// Active implements allocation.Backend.
func (b *backend) Active(e allocation.Executor) bool { return b.registered[e] && !b.leaving[e] }

// RequestTotal implements allocation.Backend.
func (b *backend) RequestTotal(targets []allocation.Target) bool {
	p := b.player
	p.start("request")
	for _, t := range targets {
		p.printf(" rp%d=%d", t.Profile, t.Executors)
	}
	if b.refusesRequests {
		p.printf(" refused")
	}
	p.printf("\n")
	return !b.refusesRequests
}

// Remove implements allocation.Backend.
func (b *backend) Remove(asked []allocation.Executor) []allocation.Executor {
	var accepted []allocation.Executor
	for _, e := range asked {
		if b.Active(e) && !b.refusesKills && !b.refused[b.player.manager.ID(e)] {
			b.leaving[e] = true
			accepted = append(accepted, e)
		}
	}
	p := b.player
	p.start(p.removal)
	p.printf(" %s", b.ids(asked))
	if len(accepted) == 0 {
		p.printf(" accepted=none")
	} else if len(accepted) < len(asked) {
		p.printf(" accepted=%s", b.ids(accepted))
	}
	p.printf("\n")
	return accepted
}

func (b *backend) ids(executors []allocation.Executor) string {
	ids := make([]string, len(executors))
	for i, e := range executors {
		ids[i] = b.player.manager.ID(e)
	}
	return strings.Join(ids, ",")
}

// backendCommands are what a script may tell the backend.
var backendCommands = map[string]func(*words) action{
	"requests": func(w *words) action {
		refuse := choose(w, "answer", map[string]bool{"accept": false, "refuse": true})
		return func(p *player) { p.backend.refusesRequests = refuse }
	},
	"kills": killAnswers,
	"add": func(w *words) action {
		id := w.id()
		return func(p *player) { p.backend.add(p.manager.Executor(id)) }
	},
	"remove": func(w *words) action {
		id := w.id()
		return func(p *player) { p.backend.remove(p.manager.Executor(id)) }
	},
}

func backendCommand(_ *parser, w *words) action {
	if read := choose(w, "backend command", backendCommands); read != nil {
		return read(w)
	}
	return nil
}

// killAnswers reads accept, refuse or refuse=ID,ID.
func killAnswers(w *words) action {
	word := w.word("answer")
	list, some := strings.CutPrefix(word, "refuse=")
	if !some && word != "accept" && word != "refuse" {
		w.invalid("answer", word, "write accept, refuse or refuse=ID,ID")
	}
	refused := map[string]bool{}
	if some {
		for id := range strings.SplitSeq(list, ",") {
			refused[id] = true
		}
	}
	return func(p *player) { p.backend.refusesKills, p.backend.refused = word == "refuse", refused }
}
