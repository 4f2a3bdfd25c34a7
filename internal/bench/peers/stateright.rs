//! Two handle tables with free lists, for Stateright: the model M of internal/bench/m.go, which explores it over the
//! specification's own code.
//!
//! This is the main.rs of a crate that depends on stateright and nothing else. The arguments of the program are T, H, L (types,
//! live handles in a table, lends of a handle) and the number of threads to use.

use stateright::{Checker, Model, Property};

/// The largest H: the places of a table.
const ROOM: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Table {
    places: [u8; ROOM], // 0 is a free place, 1 + lends + (l + 1) * type is a handle
    free: [u8; ROOM],   // the free list: the last of its places is the next to be used
    used: u8,           // how many places were ever used
    spare: u8,          // how many of these are in the free list
}

impl Table {
    fn live(&self) -> u8 {
        self.used - self.spare
    }

    fn put(&mut self, handle: u8) {
        let place = if self.spare > 0 {
            self.spare -= 1;
            std::mem::take(&mut self.free[self.spare as usize])
        } else {
            self.used += 1;
            self.used - 1
        };
        self.places[place as usize] = handle;
    }

    fn take(&mut self, place: u8) -> u8 {
        self.free[self.spare as usize] = place;
        self.spare += 1;
        std::mem::take(&mut self.places[place as usize])
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Action {
    Make(u8),
    Drop(u8, u8), // a table and a place, as of the actions below
    Give(u8, u8),
    Lend(u8, u8),
    Unlend(u8, u8),
}

struct M {
    t: u8,
    h: u8,
    l: u8,
}

impl M {
    fn within(&self, state: &[Table; 2]) -> bool {
        state.iter().all(|table| table.live() <= self.h)
    }
}

impl Model for M {
    type State = [Table; 2];
    type Action = Action;

    fn init_states(&self) -> Vec<Self::State> {
        let empty = Table {
            places: [0; ROOM],
            free: [0; ROOM],
            used: 0,
            spare: 0,
        };
        vec![[empty, empty]]
    }

    fn actions(&self, state: &Self::State, actions: &mut Vec<Action>) {
        if state[0].live() < self.h {
            actions.extend((0..self.t).map(Action::Make));
        }
        for t in 0..2 {
            let (from, to) = (&state[t as usize], &state[1 - t as usize]);
            for i in 0..from.used {
                let handle = from.places[i as usize];
                if handle == 0 {
                    continue;
                }
                let lends = (handle - 1) % (self.l + 1);
                if lends == 0 {
                    actions.push(Action::Drop(t, i));
                    if to.live() < self.h {
                        actions.push(Action::Give(t, i));
                    }
                } else {
                    actions.push(Action::Unlend(t, i));
                }
                if lends < self.l {
                    actions.push(Action::Lend(t, i));
                }
            }
        }
    }

    fn next_state(&self, state: &Self::State, action: Action) -> Option<Self::State> {
        let mut next = *state;
        match action {
            Action::Make(k) => next[0].put(1 + (self.l + 1) * k),
            Action::Drop(t, i) => {
                next[t as usize].take(i);
            }
            Action::Give(t, i) => {
                let handle = next[t as usize].take(i);
                next[1 - t as usize].put(handle);
            }
            Action::Lend(t, i) => next[t as usize].places[i as usize] += 1,
            Action::Unlend(t, i) => next[t as usize].places[i as usize] -= 1,
        }
        Some(next)
    }

    // Stateright stops at once if it has no property to check, so it checks one that holds.
    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("at most H live in a table", M::within)]
    }
}

/// The version of Stateright that this is compiled with, as Cargo.lock has it.
fn version() -> &'static str {
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock"))
        .split("name = \"stateright\"\nversion = \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or("of unknown version")
}

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let [t, h, l, threads] = numbers[..] else {
        panic!("the arguments are T, H, L and how many threads to use");
    };
    assert!(
        h <= ROOM && t * (l + 1) < 256,
        "this has room for {ROOM} handles in a table, of 255 kinds"
    );
    let m = M {
        t: t as u8,
        h: h as u8,
        l: l as u8,
    };
    let checker = m.checker().threads(threads).spawn_bfs().join();
    checker.assert_properties();
    println!(
        "Stateright {}: {} states, {} generated",
        version(),
        checker.unique_state_count(),
        checker.state_count()
    );
}
