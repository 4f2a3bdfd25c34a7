;; Drops a handle twice, and makes another one in between: the second drop takes that, where its index is the same.
(component
  (type $thing (resource (rep i32)))
  (export $thing' "thing" (type $thing))
  (core module $M
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "twice") (local $one i32)
      (local.set $one (call $new (i32.const 100)))
      (call $drop (local.get $one))
      (drop (call $new (i32.const 200)))
      (call $drop (local.get $one))))
  (canon resource.new $thing (core func $new))
  (canon resource.drop $thing (core func $drop))
  (core instance $m (instantiate $M (with "" (instance
    (export "new" (func $new))
    (export "drop" (func $drop))))))
  (func (export "twice") (canon lift (core func $m "twice"))))
