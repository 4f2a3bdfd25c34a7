;;| # An end is dropped while it is copying.
;;| world streams  variant single-table  pin 6c67aa1
;;| A: enter A.run
;;| A: stream.new u8 -> 8589934593 ; A.handles 1=readable stream end of u8, A.handles 2=writable stream end of u8
;;| A: call B.take 1 ; A.handles 1=free, B.handles 1=readable stream end of u8
;;| B: enter B.take 1
;;| B: return
;;| A: done call B.take 1
;;| A: stream.write u8 async 2 0 1 -> 4294967295
;;| A: stream.drop-writable u8 2 ; A.handles 2=free
;;| trap CopyEnd.drop/copying: the end is still copying

;; What comes back is compared: if it is something else, the test traps with "unreachable". Where the trace ends before core
;; code returns, core code divides by zero. Threads are expected to run in the order in which definitions.py runs them.
(component
  (component $b
    (core module $Memory
      (memory (export "mem") 1)
      (table (export "threads") 3 funcref)
      (global $heap (mut i32) (i32.const 0))
      (func (export "realloc") (param $old i32) (param $from i32) (param $align i32) (param $size i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1))) (i32.sub (i32.const 0) (local.get $align))))
        (global.set $heap (i32.add (local.get $at) (local.get $size)))
        (if (i32.lt_u (local.get $size) (local.get $from)) (then (local.set $from (local.get $size))))
        (memory.copy (local.get $at) (local.get $old) (local.get $from))
        (local.get $at))
    )
    (core instance $memory (instantiate $Memory))
    (alias core export $memory "threads" (core table $threads))
    (core type $thread-i32 (func (param i32)))
    (core type $thread-i64 (func (param i64)))
    (core module $M
      (import "" "mem" (memory 1))
      (import "" "threads" (table $threads 3 funcref))
      (func $B.take (export "B.take") (param i32)
        (return)
        (unreachable)
      )
    )
    (core instance $m (instantiate $M (with "" (instance
      (export "mem" (memory $memory "mem"))
      (export "threads" (table $threads))
    ))))
    (func (export "take") (param "p0" (stream u8)) (canon lift (core func $m "B.take") (memory (core memory $memory "mem")) (realloc (core func $memory "realloc"))))
  )
  (component $a
    (import "b" (instance $b
      (export "take" (func (param "p0" (stream u8))))
    ))
    (core module $Memory
      (memory (export "mem") 1)
      (table (export "threads") 3 funcref)
      (global $heap (mut i32) (i32.const 0))
      (func (export "realloc") (param $old i32) (param $from i32) (param $align i32) (param $size i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1))) (i32.sub (i32.const 0) (local.get $align))))
        (global.set $heap (i32.add (local.get $at) (local.get $size)))
        (if (i32.lt_u (local.get $size) (local.get $from)) (then (local.set $from (local.get $size))))
        (memory.copy (local.get $at) (local.get $old) (local.get $from))
        (local.get $at))
    )
    (core instance $memory (instantiate $Memory))
    (alias core export $memory "threads" (core table $threads))
    (core type $thread-i32 (func (param i32)))
    (core type $thread-i64 (func (param i64)))
    (type $payload0 (stream u8))
    (canon stream.new $payload0 (core func $stream.new-u8))
    (canon lower (func $b "take") (memory (core memory $memory "mem")) (realloc (core func $memory "realloc")) (core func $call-B.take))
    (canon stream.write $payload0 async (memory (core memory $memory "mem")) (core func $stream.write-u8-async))
    (canon stream.drop-writable $payload0 (core func $stream.drop-writable-u8))
    (core module $M
      (import "" "mem" (memory 1))
      (import "" "threads" (table $threads 3 funcref))
      (import "" "stream.new u8" (func $stream.new-u8 (result i64)))
      (import "" "call B.take" (func $call-B.take (param i32)))
      (import "" "stream.write u8 async" (func $stream.write-u8-async (param i32 i32 i32) (result i32)))
      (import "" "stream.drop-writable u8" (func $stream.drop-writable-u8 (param i32)))
      (func $A.run (export "A.run")
        (if (i64.ne (i64.const 8589934593) (call $stream.new-u8)) (then unreachable))
        (call $call-B.take (i32.const 1))
        (if (i32.ne (i32.const 4294967295) (call $stream.write-u8-async (i32.const 2) (i32.const 0) (i32.const 1))) (then unreachable))
        (call $stream.drop-writable-u8 (i32.const 2))
        (unreachable)
      )
    )
    (core instance $m (instantiate $M (with "" (instance
      (export "mem" (memory $memory "mem"))
      (export "threads" (table $threads))
      (export "stream.new u8" (func $stream.new-u8))
      (export "call B.take" (func $call-B.take))
      (export "stream.write u8 async" (func $stream.write-u8-async))
      (export "stream.drop-writable u8" (func $stream.drop-writable-u8))
    ))))
    (func (export "run") async (canon lift (core func $m "A.run") async (memory (core memory $memory "mem"))))
  )
  (instance $b (instantiate $b))
  (instance $a (instantiate $a (with "b" (instance $b))))
  (func (export "a-run") (alias export $a "run"))
)
;; CopyEnd.drop/copying: the end is still copying
(assert_trap (invoke "a-run") "")
