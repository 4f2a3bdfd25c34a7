;; lift_own/own: a borrow handle is passed where an owned handle is wanted.
;; Written by hand: core code that finds no trap never ends. If it did, it would trap when it returns, as its borrow handle is gone, and no test
;; of upstream's says what the message of either trap is.
(component
  (component $B
    (type $R' (resource (rep i32)))
    (export $R "r" (type $R'))
    (core func $new (canon resource.new $R'))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 100)))
      (func (export "take") (param i32)))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $R)) (canon lift (core func $m "make")))
    (func (export "take") (param "r" (own $R)) (canon lift (core func $m "take"))))
  (component $A
    (import "r" (type $R (sub resource)))
    (import "take" (func $take (param "r" (own $R))))
    (core func $take (canon lower (func $take)))
    (type $T (resource (rep i32)))
    (core func $new (canon resource.new $T))
    (core func $rep (canon resource.rep $T))
    (core module $M
      (import "" "take" (func $take (param i32)))
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "rep" (func $rep (param i32) (result i32)))
      (func (export "lend") (param i32)
        (local $own i32)
        (local.set $own (call $new (i32.const 0)))
        (call $take (local.get 0))
        (loop $ever (drop (call $rep (local.get $own))) (br $ever))))
    (core instance $m (instantiate $M (with "" (instance
      (export "take" (func $take)) (export "new" (func $new)) (export "rep" (func $rep))))))
    (func (export "lend") (param "r" (borrow $R)) (canon lift (core func $m "lend"))))
  (component $C
    (import "r" (type $R (sub resource)))
    (import "make" (func $make (result (own $R))))
    (import "lend" (func $lend (param "r" (borrow $R))))
    (core func $make (canon lower (func $make)))
    (core func $lend (canon lower (func $lend)))
    (core module $M
      (import "" "make" (func $make (result i32)))
      (import "" "lend" (func $lend (param i32)))
      (func (export "run") (call $lend (call $make))))
    (core instance $m (instantiate $M (with "" (instance (export "make" (func $make)) (export "lend" (func $lend))))))
    (func (export "run") (canon lift (core func $m "run"))))
  (instance $b (instantiate $B))
  (alias export $b "r" (type $R))
  (instance $a (instantiate $A (with "r" (type $R)) (with "take" (func $b "take"))))
  (instance $c (instantiate $C (with "r" (type $R)) (with "make" (func $b "make")) (with "lend" (func $a "lend"))))
  (export "run" (func $c "run"))
)
(assert_trap (invoke "run") "")
