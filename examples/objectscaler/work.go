package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/keda/objectscaler"
	"github.com/sparkscale/sparkscale/plan"
)

// workOf reads the work that the flag -plan names: name=plan.json,eventlog[,objects].
func workOf(ctx context.Context, text string) (objectscaler.Option, error) {
	name, rest, _ := strings.Cut(text, "=")
	parts := strings.Split(rest, ",")
	if name == "" || len(parts) < 2 || len(parts) > 3 {
		return nil, usageError(fmt.Sprintf("-plan %s: it is name=plan.json,eventlog or name=plan.json,eventlog,objects", text))
	}
	o := objectscaler.WorkOptions{}
	if len(parts) == 3 {
		n, err := strconv.Atoi(parts[2])
		if err != nil || n < 1 {
			return nil, usageError(fmt.Sprintf("-plan %s: %q is no number of objects", text, parts[2]))
		}
		o.Objects = n
	}
	w, err := readWork(ctx, parts[0], parts[1], o)
	if err != nil {
		return nil, fmt.Errorf("-plan %s: %w", name, err)
	}
	return objectscaler.WithWork(name, w), nil
}

func readWork(ctx context.Context, planFile, log string, o objectscaler.WorkOptions) (objectscaler.Work, error) {
	data, err := os.ReadFile(planFile)
	if err != nil {
		return objectscaler.Work{}, err
	}
	p, err := plan.Parse(data)
	if err != nil {
		return objectscaler.Work{}, fmt.Errorf("%s: %w", planFile, err)
	}
	profile, err := eventlog.ReadFile(ctx, log)
	if err != nil {
		return objectscaler.Work{}, err
	}
	return objectscaler.NewWork(profile, p, o)
}
