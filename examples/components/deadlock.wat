;; Waits for an event of a waitable set in which nothing is: the call never returns.
(component
  (core module $M
    (import "" "memory" (memory 1))
    (import "" "set.new" (func $new (result i32)))
    (import "" "set.wait" (func $wait (param i32 i32) (result i32)))
    (import "" "return" (func $return))
    (func (export "wait")
      (drop (call $wait (call $new) (i32.const 0)))
      (call $return)))
  (core module $Memory (memory (export "memory") 1))
  (core instance $memory (instantiate $Memory))
  (canon waitable-set.new (core func $new))
  (canon waitable-set.wait (memory $memory "memory") (core func $wait))
  (canon task.return (core func $return))
  (core instance $m (instantiate $M (with "" (instance
    (export "memory" (memory $memory "memory"))
    (export "set.new" (func $new))
    (export "set.wait" (func $wait))
    (export "return" (func $return))))))
  (func (export "wait") async (canon lift (core func $m "wait") async)))
