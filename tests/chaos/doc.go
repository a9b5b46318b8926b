// Package chaos breaks runs and looks at what is left. One command: go test ./tests/chaos; `make chaos` takes every mode
// with every loader, where the one command takes every mode and every loader.
//
// TestExhaustive records the statements and uploads of one undisturbed run, and then
// runs again once for every pair of one of these events and one fault: the warehouse refuses, is busy, throttles, loses
// the session, hangs, drops the connection before, after or in the middle of the answer; the process is killed by SIGKILL
// before or after the effect; a statement whose reply was lost goes on and commits while, or after, the next run settles
// it. The engine, the destination and the driver are the real ones, the warehouse is the sandbox; a killed process is
// the real binary. After the fault come runs without one. RESULTS.md has all combinations, and what became of them: the
// test compares it, -update writes it.
//
// What is held, each time:
//
//   - the target is what the mode promises (model_test.go): at once if the run claims success or says that nothing was
//     committed, and after at most two more runs in any case. An append is there once for every run that says that it
//     committed, or that the journal says did; never in part, never twice;
//   - a run that claims success has accounted for every row: read = written + replaced + rejected + left out;
//   - the watermark in state never passes a row that is not in the target;
//   - a further run on the same source changes no row, and makes no version of the table that an undisturbed one would
//     not have made; no scratch table and no file in the volume is left after a success;
//   - every fault has struck: one that did not fails the test.
//
// TestKills kills the real binary at random instants, not only at statements; -kills says how often, -seed replays.
// TestTwice* are two processes at once: one sync twice, two syncs on one table, `drt clean` beside a run.
//
// What is not proven here: that a real workspace answers as the sandbox does (tests/delta compares the sandbox with open
// source Delta; `make kills-spark` kills runs against it); power failures (a killed process loses nothing that it had
// handed to the kernel); faults below a statement, in single fetches or polls (tests/unit/wire has those); a statement
// that the warehouse had not begun when the next run settled it, and that carries its rows with it: it reads no scratch
// table, so nothing stops it but the end of its session (docs/guarantees.md); an error that the warehouse reports for
// a statement that it then committed all the same, unless its class says that this can be.
package chaos
