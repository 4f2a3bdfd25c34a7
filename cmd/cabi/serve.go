package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"cabi/internal/explorer"
)

const serveLong = `Serve answers a page in the browser of this machine, which takes worlds one action at a time, as cabi step does: it shows
the tables, tasks and threads, what may happen next, and what the specification would stop, and it explores worlds. A gallery has findings,
litmus files and reference traces. The address is printed; nothing is opened.

It listens on the loopback interface only. The address has a secret in it that is new each time, and questions are answered only to the page
itself. It reads no files and writes none: the page opens and saves files as any page does. Ctrl-C ends it.`

// newServeCommand returns the command that serves the page.
func newServeCommand() *cobra.Command {
	const mostPorts = 65535
	port := bound{0, mostPorts}
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   "Explore the specification in a browser: play worlds, check them, step through traces",
		Long:    serveLong,
		Example: "  cabi serve",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			return serve(ctx, port.value, cmd.OutOrStdout())
		},
	}
	cmd.Flags().Var(&port, "port", "listen on this port of 127.0.0.1; if it is not given, on any that is free")
	return cmd
}

// serve serves the page until the context ends.
func serve(ctx context.Context, port int, out io.Writer) error {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", fmt.Sprint(port)))
	if err != nil {
		return exitError{2, fmt.Sprintf("127.0.0.1 cannot be listened on: %v", err)}
	}
	handler := explorer.NewHandler(listener.Addr().String())
	if _, err := fmt.Fprintln(out, handler.URL()); err != nil {
		listener.Close()
		return err
	}
	const patience = 10 * time.Second
	server := &http.Server{Handler: handler, ReadHeaderTimeout: patience, ReadTimeout: 3 * patience, MaxHeaderBytes: 1 << 16,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return exitError{3, err.Error()}
	}
	return nil
}
