package sparkrest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// badQuery is an error of class ErrBadRequest for what need not be sent.
func badQuery(format string, args ...any) error {
	return &classError{ErrBadRequest, fmt.Sprintf(format, args...)}
}

// oneOf refuses a value that Spark does not know: it would answer 404 in HTML, which tells nothing.
func oneOf(parameter, value string, known ...string) error {
	if slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, value) }) {
		return nil
	}
	return badQuery("%s %.40q: it is one of %s", parameter, value, strings.Join(known, ", "))
}

func setQuantiles(v url.Values, quantiles []float64) error {
	if len(quantiles) == 0 {
		return nil
	}
	texts := make([]string, len(quantiles))
	for i, q := range quantiles {
		if !(q >= 0 && q <= 1) {
			return badQuery("quantile %v: it is from 0 to 1", q)
		}
		texts[i] = strconv.FormatFloat(q, 'g', -1, 64)
	}
	v.Set("quantiles", strings.Join(texts, ","))
	return nil
}

// failed is a sequence of one error.
func failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) { yield(*new(T), err) }
}

// pages asks for page after page until one is short. Where the ids ascend, an id that does not is one that was told
// before, because the list has changed in between, and is left out; a page without any new one would never end.
func pages[T any](ctx context.Context, a *App, e endpoint, query url.Values, offset int, id func(*T) int64, ascending bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		w := walk[T]{app: a, endpoint: e, offset: offset, id: id, ascending: ascending, last: -1, first: -1}
		w.query = maps.Clone(query)
		for {
			page, err := w.page(ctx)
			if err != nil {
				yield(*new(T), err)
				return
			}
			for i := range page {
				if w.isNew(&page[i]) && !yield(page[i], nil) {
					return
				}
			}
			if len(page) < a.client.pageLength {
				return
			}
		}
	}
}

// walk goes through the pages of an endpoint.
type walk[T any] struct {
	endpoint
	app       *App
	id        func(*T) int64
	ascending bool
	offset    int
	told      int
	first     int64 // the first id of the page before
	last      int64 // the highest id so far, where ids ascend
}

// page asks for the next page.
func (w *walk[T]) page(ctx context.Context) ([]T, error) {
	c := w.app.client
	w.query.Set("offset", strconv.Itoa(w.offset))
	w.query.Set("length", strconv.Itoa(c.pageLength))
	page, err := get[[]T](ctx, c, w.endpoint)
	if err != nil || len(page) == 0 {
		return nil, err
	}
	w.offset += len(page)
	if w.told += len(page); w.told > c.maxItems {
		return nil, c.tooMany(w.endpoint)
	}
	first, last := w.id(&page[0]), w.id(&page[len(page)-1])
	if first == w.first || w.ascending && last <= w.last {
		return nil, c.strange(w.endpoint, "page after page is the same: the server does not heed offset and length")
	}
	w.first = first
	return page, nil
}

func (w *walk[T]) isNew(item *T) bool {
	if !w.ascending {
		return true
	}
	id := w.id(item)
	if id <= w.last {
		return false
	}
	w.last = id
	return true
}
