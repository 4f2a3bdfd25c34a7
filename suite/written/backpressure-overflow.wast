;; canon_backpressure_inc/overflow: 65535 calls of backpressure.inc are the most that may stand without a backpressure.dec.
;; Written by hand: as a trace it would have 65536 lines. No test of upstream's says what the message of this trap is, so any trap will do.
(component
  (canon backpressure.inc (core func $inc))
  (core module $M
    (import "" "backpressure.inc" (func $inc))
    (func (export "run") (param $times i32)
      (loop $again
        (call $inc)
        (local.set $times (i32.sub (local.get $times) (i32.const 1)))
        (br_if $again (local.get $times)))))
  (core instance $m (instantiate $M (with "" (instance (export "backpressure.inc" (func $inc))))))
  (func (export "run") (param "times" u32) (canon lift (core func $m "run")))
)
(assert_trap (invoke "run" (u32.const 65536)) "")
