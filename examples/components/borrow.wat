;; Keep takes a borrow of a thing and returns without dropping it. Look drops it.
(component
  (component $Maker
    (type $thing (resource (rep i32)))
    (export $thing' "thing" (type $thing))
    (canon resource.new $thing (core func $new))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 7))))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $thing')) (canon lift (core func $m "make"))))
  (component $Taker
    (import "thing" (type $thing (sub resource)))
    (canon resource.drop $thing (core func $drop))
    (core module $M
      (import "" "drop" (func $drop (param i32)))
      (func (export "keep") (param i32))
      (func (export "look") (param i32) (call $drop (local.get 0))))
    (core instance $m (instantiate $M (with "" (instance (export "drop" (func $drop))))))
    (func (export "keep") (param "t" (borrow $thing)) (canon lift (core func $m "keep")))
    (func (export "look") (param "t" (borrow $thing)) (canon lift (core func $m "look"))))
  (instance $maker (instantiate $Maker))
  (alias export $maker "thing" (type $thing))
  (instance $taker (instantiate $Taker (with "thing" (type $thing))))
  (export $thing' "thing" (type $thing))
  (export "make" (func $maker "make") (func (result (own $thing'))))
  (export "keep" (func $taker "keep") (func (param "t" (borrow $thing'))))
  (export "look" (func $taker "look") (func (param "t" (borrow $thing')))))
