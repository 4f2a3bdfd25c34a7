;; What leak.wat imports.
(component
  (core module $M (func (export "open") (result i32) (i32.const 7)))
  (core instance $m (instantiate $M))
  (func (export "open") (result u32) (canon lift (core func $m "open"))))
