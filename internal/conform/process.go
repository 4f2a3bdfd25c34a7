package conform

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"cabi/adapter"
)

// A Failure is that an adapter did not answer as the protocol says.
type Failure struct {
	Kind  string // one of the kinds of failures
	Why   string // for people
	Said  string // the last that the adapter said; empty: nothing
	Asked string // what it was asked, as JSON
	Err   string // the end of what it wrote to standard error
}

// The kinds of failures.
const (
	Hangs   = "hangs"           // no answer comes in time
	Dies    = "dies"            // the process ends
	Floods  = "floods"          // a line is longer than the protocol allows, or comes unasked
	Rubbish = "answers rubbish" // a line is no answer
)

func (f *Failure) Error() string { return fmt.Sprintf("the adapter %s: %s", f.Kind, f.Why) }

const (
	longestLine  = 1 << 20 // bytes
	mostSaid     = 400     // bytes of what an adapter said that are kept
	mostStderr   = 2000
	mostUnasked  = 16 // lines that are read and not yet expected
	timeToFinish = 2 * time.Second
)

// A process is an adapter that runs.
type process struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	lines   chan said
	stderr  *tail
	timeout time.Duration
	asked   int    // requests so far
	last    string // that the adapter said
	done    chan struct{}
	ended   error // of the process; valid after done
}

// said is a line of an adapter, or why there is none.
type said struct {
	text []byte
	err  error
}

var errTooLong = errors.New("too long")

// start starts an adapter.
func start(command []string, timeout time.Duration) (*process, error) {
	p := &process{cmd: exec.Command(command[0], command[1:]...), lines: make(chan said, mostUnasked), stderr: &tail{}, timeout: timeout, done: make(chan struct{})}
	ownGroup(p.cmd)
	p.cmd.Stderr = p.stderr
	p.cmd.WaitDelay = timeToFinish
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go p.read(out)
	return p, nil
}

// read reads lines, and then waits for the end of the process.
func (p *process) read(out io.Reader) {
	lines := bufio.NewReaderSize(out, 1<<16)
	for {
		text, err := readLine(lines)
		select {
		case p.lines <- said{text, err}:
		case <-p.done:
			return
		}
		if err != nil {
			return
		}
	}
}

// readLine reads a line that is not too long.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > longestLine:
			return line[:mostSaid], errTooLong
		case err == nil:
			return bytes.TrimRight(line, "\r\n"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return line, err
		}
	}
}

// ask sends a request and reads its answer.
func (p *process) ask(r *adapter.Request) (*adapter.Reply, error) {
	p.asked++
	r.ID = p.asked
	asked := text(r)
	if extra, is := p.unasked(); is {
		return nil, p.failure(Floods, "a line came that nothing had asked for", asked, extra)
	}
	if failure := p.send(asked); failure != nil {
		return nil, failure
	}
	answer, err := p.receive(asked)
	if err != nil {
		return nil, err
	}
	if answer.ID > 0 && answer.ID < r.ID {
		return nil, p.failure(Floods, fmt.Sprintf("it answers request %d again", answer.ID), asked, "")
	}
	if answer.ID != r.ID {
		return nil, p.failure(Rubbish, fmt.Sprintf("the answer is to request %d, and %d was asked", answer.ID, r.ID), asked, "")
	}
	return answer, nil
}

// send writes a request. An adapter that does not read hangs. One that has ended is found where the answer is read, after what it said.
func (p *process) send(asked string) *Failure {
	seen(asked)
	wrote := make(chan struct{})
	go func() {
		_, _ = io.WriteString(p.in, asked+"\n")
		close(wrote)
	}()
	select {
	case <-wrote:
		return nil
	case <-time.After(p.timeout):
		return p.failure(Hangs, fmt.Sprintf("it does not read for %s", p.timeout), asked, "")
	}
}

// receive reads an answer.
func (p *process) receive(asked string) (*adapter.Reply, error) {
	timer := time.NewTimer(p.timeout)
	defer timer.Stop()
	select {
	case line := <-p.lines:
		if errors.Is(line.err, errTooLong) {
			return nil, p.failure(Floods, fmt.Sprintf("a line is longer than %d bytes", longestLine), asked, string(line.text))
		}
		if line.err != nil {
			return nil, p.ending(asked)
		}
		p.last = string(line.text)
		seen(p.last)
		answer, err := parseReply(line.text)
		if err != nil {
			return nil, p.failure(Rubbish, err.Error(), asked, "")
		}
		return answer, nil
	case <-timer.C:
		return nil, p.failure(Hangs, fmt.Sprintf("no answer came within %s", p.timeout), asked, "")
	}
}

// observe is told of each line that is written or read; nil: nothing is. It is for tests.
var observe func(line string)

func seen(line string) {
	if observe != nil {
		observe(line)
	}
}

// unasked is a line that came without a request.
func (p *process) unasked() (string, bool) {
	select {
	case line := <-p.lines:
		if line.err != nil && !errors.Is(line.err, errTooLong) {
			p.lines <- line // the end, which the next answer finds
			return "", false
		}
		return string(line.text), true
	default:
		return "", false
	}
}

// ending is the failure of a process that closed its output.
func (p *process) ending(asked string) *Failure {
	p.kill()
	why := "it ended"
	if p.ended != nil {
		why = "it ended: " + p.ended.Error()
	}
	return p.failure(Dies, why, asked, "")
}

func (p *process) failure(kind, why, asked, said string) *Failure {
	if said == "" {
		said = p.last
	}
	p.kill()
	return &Failure{Kind: kind, Why: why, Asked: short(asked), Said: short(said), Err: p.stderr.String()}
}

// kill ends the process, with those that it has started, and waits for it.
func (p *process) kill() {
	select {
	case <-p.done:
		return
	default:
	}
	p.in.Close()
	exited := make(chan error, 1)
	go func() { exited <- p.cmd.Wait() }()
	grace := time.After(100 * time.Millisecond)
	select {
	case p.ended = <-exited:
	case <-grace:
		killGroup(p.cmd)
		p.ended = <-exited
	}
	killGroup(p.cmd)
	close(p.done)
}

// A tail keeps the end of what is written.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b[max(0, len(b)-mostStderr):]...)
	t.text = t.text[max(0, len(t.text)-mostStderr):]
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.ToValidUTF8(string(t.text), "�")
}

// short is a text of at most so many bytes that it can be printed.
func short(text string) string {
	text = strings.ToValidUTF8(text, "�")
	if len(text) > mostSaid {
		return strings.ToValidUTF8(text[:mostSaid], "") + "…"
	}
	return text
}
