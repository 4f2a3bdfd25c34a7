;; canon_task_return/async: a function that is lifted without async calls task.return.
;; Written by hand: core code that finds no trap never ends. If it did, it would trap when it returns, for the second time, and no test of
;; upstream's says what the message of either trap is.
(component
  (canon task.return (core func $return))
  (type $T (resource (rep i32)))
  (core func $new (canon resource.new $T))
  (core func $rep (canon resource.rep $T))
  (core module $M
    (import "" "return" (func $return))
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "rep" (func $rep (param i32) (result i32)))
    (func (export "run")
      (local $own i32)
      (local.set $own (call $new (i32.const 0)))
      (call $return)
      (loop $ever (drop (call $rep (local.get $own))) (br $ever))))
  (core instance $m (instantiate $M (with "" (instance
    (export "return" (func $return)) (export "new" (func $new)) (export "rep" (func $rep))))))
  (func (export "run") (canon lift (core func $m "run")))
)
(assert_trap (invoke "run") "")
