package report_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/report"
)

// screenshotsEnv names a folder to which the tests write what they see, for people to look at.
const screenshotsEnv = "SPARKSCALE_SCREENSHOTS"

// outside lists the elements that reach beyond the screen, and the texts of plots that reach out of their plot.
const outside = `(() => {
	const list = [];
	if (document.documentElement.scrollWidth > document.documentElement.clientWidth) list.push("the page scrolls sideways");
	for (const e of document.querySelectorAll("body *")) {
		const box = e.getBoundingClientRect();
		if (box.width && getComputedStyle(e).position !== "absolute" && !e.closest("thead") && (box.right > innerWidth + 0.5 || box.left < -0.5)) list.push(e.outerHTML.slice(0, 80));
	}
	for (const svg of document.querySelectorAll("svg")) {
		const frame = svg.getBoundingClientRect();
		for (const text of frame.width ? svg.querySelectorAll("text") : []) {
			const box = text.getBoundingClientRect();
			if (box.left < frame.left - 0.5 || box.right > frame.right + 0.5 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2) list.push("text " + text.textContent);
		}
	}
	return list;
})()`

// cut lists the texts that are cut by their own box.
const cut = `[...document.querySelectorAll("h1,h2,p,dt,dd,th,td,li,caption,summary")].filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline" && !e.closest("thead")).map(e => e.outerHTML.slice(0, 80))`

// screens are a telephone, the sides of the width from which a page has its full layout, a large screen, and paper.
var screens = []struct {
	width  int
	scheme string
}{{400, "light"}, {400, "dark"}, {760, "light"}, {761, "light"}, {1400, "light"}, {1400, "dark"}, {718, "print"}}

// TestPageInABrowser opens pages as a reader does.
func TestPageInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	b := newBrowser(t)
	long := func(s string) string { return strings.Repeat("VeryLongNameWithoutABreak", 4) + s }
	for name, page := range map[string]report.Page{
		"plan": planPage(3, 2, same), "profile": {Run: sample(3, 2, same)}, "much": planPage(200, 90, same), "long": planPage(3, 2, long),
		"wide": planPage(3, 2, func(s string) string { return "夜間バッチ処理の名前はとても長い" + s }), "little": {Run: hostile()},
	} {
		b.open(written(t, page))
		for _, screen := range screens {
			place := fmt.Sprintf("%s-%d-%s", name, screen.width, screen.scheme)
			b.resize(screen.width, screen.scheme)
			var over, hidden []string
			b.evaluate(outside, &over)
			b.evaluate(cut, &hidden)
			assert.Empty(t, over, "%s", place)
			assert.Empty(t, hidden, "%s", place)
			if dir := os.Getenv(screenshotsEnv); dir != "" {
				b.screenshot(dir, place+".png")
			}
		}
		assert.Empty(t, b.console, name)
		assert.Empty(t, b.foreign(), name)
	}
}

// TestNamesDoNotRunInABrowser opens pages whose names try to, also without the policy that forbids it.
func TestNamesDoNotRunInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	b := newBrowser(t)
	policy := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)
	for _, payload := range payloads {
		for _, p := range []report.Page{planPage(2, 2, func(s string) string { return payload + s }), {Run: sample(2, 2, func(s string) string { return payload + s })}} {
			page := written(t, p)
			require.Len(t, policy.FindAll(page, -1), 1)
			for _, html := range [][]byte{page, policy.ReplaceAll(page, nil)} {
				b.open(html)
				var title string
				b.evaluate(`document.querySelectorAll("*").forEach(e => e.dispatchEvent(new MouseEvent("mouseover"))), document.title`, &title)
				assert.Contains(t, title, "sparkscale", "%q", payload)
				assert.Empty(t, b.console, "%q", payload)
				assert.Empty(t, b.foreign(), "%q", payload)
			}
		}
	}
}

// TestTheBrowserTestsSee proves that what the two tests above look for would be seen.
func TestTheBrowserTestsSee(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	b := newBrowser(t)
	b.open([]byte(`<title>x</title><div style="width:3000px">wide</div><img src=http://canary.invalid/a>
		<script>console.log("hello"); document.title="owned"; throw 1</script>`))
	assert.GreaterOrEqual(t, len(b.console), 2)
	assert.Equal(t, []string{"http://canary.invalid/a"}, b.foreign())
	var title string
	b.evaluate("document.title", &title)
	assert.Equal(t, "owned", title)
	b.resize(400, "light")
	var over []string
	b.evaluate(outside, &over)
	assert.Len(t, over, 2)
}
