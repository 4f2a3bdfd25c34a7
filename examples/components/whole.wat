;; A whole keeps a part, which its destructor drops: whoever drops the whole leaves nothing. Hollow makes one whose part is not there.
(component
  (type $part (resource (rep i32)))
  (export $part' "part" (type $part))
  (canon resource.new $part (core func $part.new))
  (canon resource.drop $part (core func $part.drop))
  (core module $Parts
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "part") (result i32) (call $new (i32.const 1)))
    (func (export "dtor") (param $part i32) (call $drop (local.get $part))))
  (core instance $parts (instantiate $Parts (with "" (instance
    (export "new" (func $part.new))
    (export "drop" (func $part.drop))))))
  (type $whole (resource (rep i32) (dtor (func $parts "dtor"))))
  (export $whole' "whole" (type $whole))
  (canon resource.new $whole (core func $whole.new))
  (core module $M
    (import "" "part" (func $part (result i32)))
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "make") (result i32) (call $new (call $part)))
    (func (export "hollow") (result i32) (call $new (i32.const 99))))
  (core instance $m (instantiate $M (with "" (instance
    (export "part" (func $parts "part"))
    (export "new" (func $whole.new))))))
  (func (export "make") (result (own $whole')) (canon lift (core func $m "make")))
  (func (export "hollow") (result (own $whole')) (canon lift (core func $m "hollow"))))
