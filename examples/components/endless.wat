;; Three ways never to return: spin stays in core code, call calls a built-in again and again, and yield is a callback that yields for ever.
;; Fine returns.
(component
  (core module $M
    (import "" "inc" (func $inc))
    (import "" "dec" (func $dec))
    (func (export "spin") (loop $again (br $again)))
    (func (export "call") (loop $again (call $inc) (call $dec) (br $again)))
    (func (export "yield") (result i32) (i32.const 1))
    (func (export "callback") (param i32 i32 i32) (result i32) (i32.const 1))
    (func (export "fine")))
  (canon backpressure.inc (core func $inc))
  (canon backpressure.dec (core func $dec))
  (core instance $m (instantiate $M (with "" (instance (export "inc" (func $inc)) (export "dec" (func $dec))))))
  (func (export "spin") (canon lift (core func $m "spin")))
  (func (export "call") (canon lift (core func $m "call")))
  (func (export "yield") async (canon lift (core func $m "yield") async (callback (func $m "callback"))))
  (func (export "fine") (canon lift (core func $m "fine"))))
