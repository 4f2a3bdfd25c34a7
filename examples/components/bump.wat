;; Adds one to a number, and lets others go on between reading and writing it: of two that go on beside each other, one may be lost.
(component
  (core module $M
    (import "" "yield" (func $yield (result i32)))
    (import "" "return" (func $return (param i32)))
    (global $n (mut i32) (i32.const 0))
    (func (export "bump") (local $old i32)
      (local.set $old (global.get $n))
      (drop (call $yield))
      (global.set $n (i32.add (local.get $old) (i32.const 1)))
      (call $return (global.get $n)))
    (func (export "get") (result i32) (global.get $n)))
  (canon thread.yield (core func $yield))
  (canon task.return (result u32) (core func $return))
  (core instance $m (instantiate $M (with "" (instance (export "yield" (func $yield)) (export "return" (func $return))))))
  (func (export "bump") async (result u32) (canon lift (core func $m "bump") async))
  (func (export "get") (result u32) (canon lift (core func $m "get"))))
