;; A component given as bytes, so that this script needs no wasm-tools. As text:
;;
;;   (component
;;     (core module $M
;;       (func (export "answer") (result i32) (i32.const 42))
;;       (func (export "fail") unreachable))
;;     (core instance $m (instantiate $M))
;;     (func (export "answer") (result u32) (canon lift (core func $m "answer")))
;;     (func (export "fail") (canon lift (core func $m "fail"))))
(component definition $Answer binary
  "\00\61\73\6d\0d\00\01\00\01\41\00\61\73\6d\01\00\00\00\01\08\02\60\00\01"
  "\7f\60\00\00\03\03\02\00\01\07\11\02\06\61\6e\73\77\65\72\00\00\04\66\61"
  "\69\6c\00\01\0a\0a\02\04\00\41\2a\0b\03\00\00\0b\00\09\04\6e\61\6d\65\00"
  "\02\01\4d\02\04\01\00\00\00\07\05\01\40\00\00\79\06\0c\01\00\00\01\00\06"
  "\61\6e\73\77\65\72\08\06\01\00\00\00\00\00\07\05\01\40\00\01\00\06\0a\01"
  "\00\00\01\00\04\66\61\69\6c\08\06\01\00\00\01\00\01\0b\15\02\00\06\61\6e"
  "\73\77\65\72\01\00\00\00\04\66\61\69\6c\01\01\00\00\1f\0e\63\6f\6d\70\6f"
  "\6e\65\6e\74\2d\6e\61\6d\65\01\06\00\11\01\00\01\4d\01\06\00\12\01\00\01"
  "\6d"
)
(component instance $a $Answer)
(assert_return (invoke "answer") (u32.const 42))
(assert_trap (invoke "fail") "unreachable")
(assert_trap (invoke "answer") "cannot enter component instance") ;; a store does not run after a trap
(component instance $b $Answer)
(assert_return (invoke $b "answer") (u32.const 42))
(assert_malformed (component binary "\00asm\0d\00\01") "unexpected end")
