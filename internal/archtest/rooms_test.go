package archtest

import (
	"maps"
	"slices"
	"strings"
)

// roomOf gives the room that a package of the module belongs to.
func roomOf(importPath string) (room, bool) {
	i := slices.IndexFunc(house, func(r room) bool { return r.name == roomName(importPath) })
	if i < 0 {
		return room{}, false
	}
	return house[i], true
}

// roomName gives the first folder of a package's path: "." for the root, "internal" for what all share.
func roomName(importPath string) string {
	name, _, _ := strings.Cut(relative(importPath), "/")
	return name
}

func relative(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

// allowed gives the rooms that a room may import, besides itself and internal.
func allowed(name string) []string {
	words := strings.Fields(mayOf(name))
	switch {
	case words[0] == "none":
		return nil
	case words[0] != "all":
		return words
	}
	var others []string
	for _, r := range house {
		if r.name != name && !slices.Contains(words, r.name) {
			others = append(others, r.name)
		}
	}
	return others
}

func mayOf(name string) string {
	for _, r := range house {
		if r.name == name {
			return r.may
		}
	}
	return "none"
}

// within says if a package is the one of the path given, or below it.
func within(importPath, parent string) bool {
	return importPath == parent || strings.HasPrefix(importPath, parent+"/")
}

func withinAny(importPath string, parents []string) bool {
	return slices.ContainsFunc(parents, func(parent string) bool { return within(importPath, parent) })
}

// firstWithin gives the first of the paths that is within the parent, or "".
func firstWithin(paths []string, parent string) string {
	i := slices.IndexFunc(paths, func(path string) bool { return within(path, parent) })
	if i < 0 {
		return ""
	}
	return paths[i]
}

func standard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
