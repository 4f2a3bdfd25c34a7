package explorer

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	listed "cabi/internal/findings"
	"cabi/model"
	"cabi/properties"
)

// asked is the answer to a question, as a page gets it.
func asked[T any](t *testing.T, r Request) (answer T, err string) {
	t.Helper()
	question, _ := json.Marshal(r)
	Answer(question, func(line []byte) bool {
		var said struct {
			Answer json.RawMessage
			Error  string
		}
		if e := json.Unmarshal(line, &said); e != nil {
			t.Fatal(e)
		}
		err = said.Error
		if said.Answer != nil {
			if e := json.Unmarshal(said.Answer, &answer); e != nil {
				t.Fatal(e)
			}
		}
		return true
	})
	return answer, err
}

// The traces of the findings happen again and violate what they say, one for each of internal/findings that a search finds; what is told of one
// has a sentence for each moment.
func TestGallery(t *testing.T) {
	var shown []string
	for _, e := range gallery() {
		if e.Sentence == "" || e.Title == "" {
			t.Errorf("%s has no sentence", e.ID)
		}
		if e.Group != groupFindings && e.Group != groupTold {
			continue
		}
		trace, err := model.ParseTrace(strings.NewReader(e.text()))
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		replay, err := model.ReplayOptions{Properties: properties.All}.Run(trace)
		if err != nil || replay.Departure() != "" {
			t.Errorf("%s: %v, %s", e.ID, err, replay.Departure())
		}
		if e.Group == groupFindings {
			property, _, _ := strings.Cut(trace.Violates, ":")
			shown = append(shown, trace.World.Name+" "+property+" "+strconv.Itoa(len(replay.Actions)))
			continue
		}
		if moments := 1 + len(replay.Actions); len(e.says()) != 1+moments {
			t.Errorf("%s: %d paragraphs for it and its %d moments", e.ID, len(e.says()), moments)
		}
	}
	var want []string
	for _, f := range listed.All {
		if f.Check != "" {
			property, _, _ := strings.Cut(f.Finding, "/")
			want = append(want, strings.Fields(f.Check)[0]+" "+property+" "+strconv.Itoa(f.Actions))
		}
	}
	if slices.Sort(shown); !slices.Equal(shown, slices.Sorted(slices.Values(want))) {
		t.Errorf("the gallery has %q, and the findings are %q", shown, want)
	}
}

// A session goes as cabi step would: what the menu says stops the run does, at the site that it says, and each site is explained.
func TestPlay(t *testing.T) {
	play, bad := asked[Play](t, Request{Do: "start", World: "futures"})
	if bad != "" {
		t.Fatal(bad)
	}
	for i, action := range []string{"future.new u8", "future.write u8 async 2 0"} {
		if play, bad = asked[Play](t, Request{Do: "take", Trace: play.Trace, At: i, Action: action}); bad != "" {
			t.Fatal(bad)
		}
	}
	m, bad := asked[Menu](t, Request{Do: "menu", Trace: play.Trace, At: 2})
	if bad != "" || m.Acts != "A.run" {
		t.Fatal(bad, m.Acts)
	}
	stops := 0
	for _, o := range m.Options {
		after, bad := asked[Play](t, Request{Do: "take", Trace: play.Trace, At: 2, Action: o.Action})
		if bad != "" || after.Site != o.Stops {
			t.Errorf("%s stops at %q, and the menu says %q: %s", o.Action, after.Site, o.Stops, bad)
		}
		if o.Stops == "" {
			continue
		}
		stops++
		e, bad := asked[Explanation](t, Request{Do: "explain", Name: o.Stops})
		if bad != "" || e.Python == "" || !strings.Contains(e.Go, "spec/") || len(e.Code) < 4 {
			t.Errorf("%s is explained so: %s %+v", o.Stops, bad, e)
		}
	}
	if stops < 3 {
		t.Errorf("%d options stop the run", stops)
	}
	other, bad := asked[Play](t, Request{Do: "under", Trace: play.Trace, Variant: "per-type"})
	if bad != "" || other.Variant != "per-type" || len(other.Moments) != 3 {
		t.Errorf("under per-type: %s, %s, %d moments", bad, other.Variant, len(other.Moments))
	}
}

// Every reference trace, and the first lines of every litmus file's outcomes, can be opened.
func TestOpen(t *testing.T) {
	for i, e := range gallery() {
		const every = 9
		switch {
		case e.Litmus && i%every == 0:
			if b, bad := asked[Behaviour](t, Request{Do: "litmus", ID: e.ID}); bad != "" || len(b.Outcomes) == 0 {
				t.Errorf("%s: %s, %d outcomes", e.ID, bad, len(b.Outcomes))
			}
		case !e.Litmus && i%every == 0:
			if p, bad := asked[Play](t, Request{Do: "open", ID: e.ID}); bad != "" || p.Note != "" {
				t.Errorf("%s: %s %s", e.ID, bad, p.Note)
			}
		}
	}
}

// What is malformed, too long, or named like nothing is an error that says so.
func TestBadQuestions(t *testing.T) {
	for _, c := range []struct {
		r    Request
		want string
	}{
		{Request{Do: "fly"}, `"fly"`},
		{Request{Do: "start", World: "nowhere"}, `"nowhere"`},
		{Request{Do: "start", World: "world x\nnonsense\n"}, "nonsense"},
		{Request{Do: "start", World: strings.Repeat("x", MostText+1)}, "too long"},
		{Request{Do: "open", Trace: "world handles\nA: <b>\n"}, "<b>"},
		{Request{Do: "open", ID: "told/nothing"}, "told/nothing"},
		{Request{Do: "take", Trace: "world handles\n", At: 7, Action: "return"}, "moment 7"},
		{Request{Do: "take", Trace: "world handles\n", Action: "fly"}, "fly"},
		{Request{Do: "choose", Trace: "world handles\n", Choice: 3}, "choice 3"},
		{Request{Do: "under", Trace: "world handles\n", Variant: "none"}, `"none"`},
		{Request{Do: "explain", Name: "x/y"}, "x/y"},
		{Request{Do: "check", World: "handles", Steps: 1001}, "1001"},
		{Request{Do: "check", World: "handles", Property: "no"}, `"no"`},
		{Request{Do: "litmus", ID: "told/nothing"}, "told/nothing"},
		{Request{Do: "open", Trace: "world handles\n" + strings.Repeat("A: return\n", mostActions+1)}, "possible here"},
		{Request{Do: "open", Trace: "world handles\n" + strings.Repeat("A: resource.new R 100\n", mostActions)}, "too much to show"},
		{Request{Do: "open", Trace: "world handles\nA: stream.new " + strings.Repeat("list<", 50000) + "u8" + strings.Repeat(">", 50000) + "\n"}, "nested deeper"},
		{Request{Do: "open", Trace: "world w\ndefine " + strings.Repeat("[", 200000) + "\n"}, "object"},
		{Request{Do: "start", World: "world " + strings.Repeat("x", mostName+1) + "\ninstance A\nfunc A.run()\nstart A.run\n"}, "letters"},
		{Request{Do: "start", World: "world x\ninstance A  memory 1000000000\nfunc A.run()\nstart A.run\n"}, "memory"},
		{Request{Do: "start", World: "world x\n" + strings.Repeat("instance A\n", 50000)}, "A"},
		{Request{Do: "litmus", Trace: "world handles\nin A.run\n" + strings.Repeat("  resource.new R 1\n", mostLines+1) + "always trap\n"}, "lines of programs"},
	} {
		if _, bad := asked[json.RawMessage](t, c.r); !strings.Contains(bad, c.want) {
			t.Errorf("%.80v: %q, which does not say %q", c.r, bad, c.want)
		}
	}
	Answer([]byte("{"), func(line []byte) bool {
		if !strings.Contains(string(line), `"error"`) {
			t.Errorf("of a broken question it says %s", line)
		}
		return true
	})
}

// A menu that takes long is left when nobody wants it any more.
func TestMenuStops(t *testing.T) {
	question, _ := json.Marshal(Request{Do: "menu", Trace: "world handles\n" + strings.Repeat("A: resource.new R 100\n", 200), At: 200, Any: true})
	var last string
	told := 0
	Answer(question, func(line []byte) bool {
		last = string(line)
		told++
		return false
	})
	if told != 2 || !strings.Contains(last, "stopped") {
		t.Errorf("it says %d lines, the last of which is %.200s", told, last)
	}
}

// A search reports how far it came, can be stopped, and finds what cabi check finds.
func TestSearch(t *testing.T) {
	c, bad := asked[Checked](t, Request{Do: "check", World: "futures"})
	if bad != "" || len(c.Violations) != 1 || c.Violations[0].Actions != 3 || c.Violations[0].Property != "no-assertion-failure" {
		t.Fatalf("%s %+v", bad, c)
	}
	question, _ := json.Marshal(Request{Do: "check", World: "cancel", Property: "no-crash"})
	var last string
	told := 0
	Answer(question, func(line []byte) bool {
		last = string(line)
		told++
		return false
	})
	if told != 2 || !strings.Contains(last, `"stopped":true`) || !strings.Contains(last, `"exhausted":false`) {
		t.Errorf("a search that was stopped says %d lines, the last of which is %s", told, last)
	}
}

// Nobody but the page itself gets an answer: not another host's name that leads here, not another site, not whoever lacks the secret.
func TestHandler(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	host := server.Listener.Addr().String()
	handler := NewHandler(host)
	server.Config.Handler = handler
	server.Start()
	t.Cleanup(server.Close)
	ask := handler.URL() + "ask"
	for _, c := range []struct {
		method, url, host string
		header            map[string]string
		body              string
		want              int
	}{
		{"GET", handler.URL(), host, nil, "", 200},
		{"GET", handler.URL() + "page.js", host, nil, "", 200},
		{"GET", "http://" + host + "/", host, nil, "", 404},
		{"GET", "http://" + host + "/page.js", host, nil, "", 404},
		{"GET", handler.URL() + "../../etc/passwd", host, nil, "", 404},
		{"GET", handler.URL(), "evil.example", nil, "", 421},
		{"POST", handler.URL(), host, nil, "", 405},
		{"POST", ask, host, map[string]string{"Content-Type": "application/json", "Origin": "http://" + host}, `{"do":"hello"}`, 200},
		{"POST", ask, host, map[string]string{"Content-Type": "application/json", "Origin": "https://evil.example"}, `{"do":"hello"}`, 403},
		{"POST", ask, host, map[string]string{"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}, `{"do":"hello"}`, 403},
		{"POST", ask, host, map[string]string{"Content-Type": "text/plain"}, `{"do":"hello"}`, 415},
		{"GET", ask, host, nil, "", 415},
		{"POST", "http://" + host + "/ask", host, map[string]string{"Content-Type": "application/json"}, `{"do":"hello"}`, 404},
		{"POST", ask, host, map[string]string{"Content-Type": "application/json"}, strings.Repeat(" ", 3*MostText+1), 413},
	} {
		r, err := http.NewRequest(c.method, c.url, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = c.host
		for name, value := range c.header {
			r.Header.Set(name, value)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != c.want {
			t.Errorf("%s %s as %s with %v: %s, %.80s", c.method, c.url, c.host, c.header, response.Status, text)
		}
		if c.want == 200 && (response.Header.Get("X-Content-Type-Options") != "nosniff" || response.Header.Get("Content-Security-Policy") == "") {
			t.Errorf("%s lacks headers", c.url)
		}
	}
}
