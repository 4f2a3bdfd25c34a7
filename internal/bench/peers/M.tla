---- MODULE M ----
(* Two handle tables with free lists: the model M of internal/bench/m.go, which explores it over the specification's own code. *)
EXTENDS Naturals, Sequences
CONSTANTS T, H, L \* how many types, live handles in a table, and lends of a handle there are at most
VARIABLES
  places, \* of each table, a sequence: 0 is a free place, 1 + lends + (L + 1) * type is a handle
  free    \* of each table, a sequence: its free list, whose head is the next place to be used

Types == 0 .. T - 1
Lends(handle) == (handle - 1) % (L + 1)
Live(t) == Len(places[t]) - Len(free[t])

(* With is the places of a table after a handle is put into it, Rest its free list then. *)
With(t, handle) == IF free[t] = <<>> THEN Append(places[t], handle) ELSE [places[t] EXCEPT ![Head(free[t])] = handle]
Rest(t) == IF free[t] = <<>> THEN <<>> ELSE Tail(free[t])

Make(type) ==
  /\ Live(1) < H
  /\ places' = [places EXCEPT ![1] = With(1, 1 + (L + 1) * type)]
  /\ free' = [free EXCEPT ![1] = Rest(1)]

Drop(t, i) ==
  /\ Lends(places[t][i]) = 0
  /\ places' = [places EXCEPT ![t][i] = 0]
  /\ free' = [free EXCEPT ![t] = <<i>> \o @]

Give(t, i) ==
  LET to == 3 - t IN
  /\ Lends(places[t][i]) = 0
  /\ Live(to) < H
  /\ places' = [places EXCEPT ![t][i] = 0, ![to] = With(to, places[t][i])]
  /\ free' = [free EXCEPT ![t] = <<i>> \o @, ![to] = Rest(to)]

Lend(t, i) ==
  /\ Lends(places[t][i]) < L
  /\ places' = [places EXCEPT ![t][i] = @ + 1]
  /\ UNCHANGED free

Unlend(t, i) ==
  /\ Lends(places[t][i]) > 0
  /\ places' = [places EXCEPT ![t][i] = @ - 1]
  /\ UNCHANGED free

Init == places = << <<>>, <<>> >> /\ free = << <<>>, <<>> >>
Next ==
  \/ \E type \in Types : Make(type)
  \/ \E t \in {1, 2} : \E i \in 1 .. Len(places[t]) :
       places[t][i] # 0 /\ (Drop(t, i) \/ Give(t, i) \/ Lend(t, i) \/ Unlend(t, i))
====
