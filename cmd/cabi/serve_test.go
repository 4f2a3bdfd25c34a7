package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// cabi serve prints its address, serves the page there and nowhere else, and ends when it is told to.
func TestServe(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	printed, out := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- serve(ctx, 0, out) }()
	url := strings.TrimSpace(must(bufio.NewReader(printed).ReadString('\n')))
	if !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Fatalf("the address is %s", url)
	}
	response := must(http.Get(url))
	page := string(must(io.ReadAll(response.Body)))
	response.Body.Close()
	if response.StatusCode != http.StatusOK || !strings.Contains(page, `data-engine="http"`) {
		t.Errorf("%s:\n%s", response.Status, page)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("it ends with %v", err)
	}
	if _, err := http.Get(url); err == nil {
		t.Error("it still serves")
	}
}

// A port that cannot be, or that is taken, and an operand are bad input.
func TestServeRefused(t *testing.T) {
	taken := must(net.Listen("tcp", "127.0.0.1:0"))
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	if _, code, err := execute(newRootCommand(), "serve", "--port", port); code != 2 {
		t.Errorf("exit %d, %v", code, err)
	}
	if _, code, err := execute(newRootCommand(), "serve", "--port", "65536"); code != 2 {
		t.Errorf("exit %d, %v", code, err)
	}
	if _, code, err := execute(newRootCommand(), "serve", "world"); code != 2 {
		t.Errorf("exit %d, %v", code, err)
	}
}
