;; Keeps a file for each call of open-and-forget, and one for all calls of open-once. Open-and-close keeps none.
(component
  (import "open" (func $open (result u32)))
  (type $file (resource (rep i32)))
  (export $file' "file" (type $file))
  (core module $M
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "open" (func $open (result i32)))
    (global $once (mut i32) (i32.const 0))
    (func (export "open-and-forget") (drop (call $new (call $open))))
    (func (export "open-and-close") (call $drop (call $new (call $open))))
    (func (export "open-once")
      (if (i32.eqz (global.get $once)) (then (global.set $once (call $new (call $open)))))))
  (canon resource.new $file (core func $new))
  (canon resource.drop $file (core func $drop))
  (canon lower (func $open) (core func $open'))
  (core instance $m (instantiate $M (with "" (instance
    (export "new" (func $new))
    (export "drop" (func $drop))
    (export "open" (func $open'))))))
  (func (export "open-and-forget") (canon lift (core func $m "open-and-forget")))
  (func (export "open-and-close") (canon lift (core func $m "open-and-close")))
  (func (export "open-once") (canon lift (core func $m "open-once"))))
