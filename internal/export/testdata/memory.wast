;;| # A string goes from a UTF-16 memory to a UTF-8 one, with a tuple and a number beside it.
;;| world mine  variant single-table  pin 6c67aa1
;;| instance A  memory 256
;;| instance B  memory 256  utf16
;;| func async A.run()  stackful
;;| func async B.get(tuple<u8, u64>) -> string  stackful
;;| import A  B.get async
;;| host: invoke A.run
;;| A: enter A.run
;;| A: call B.get 7 8 100
;;| B: enter B.get 7 8
;;| B: memory.store 0 "Zoë" u16:33
;;| B: memory.load 0 8 -> bytes:5a006f00eb002100
;;| B: task.return (string) 0 4
;;| B: return
;;| A: done call B.get 7 8 100 -> 2
;;| A: i32.load 100 -> 16
;;| A: i32.load 104 -> 5
;;| A: memory.load 16 5 -> bytes:5a6fc3ab21
;;| A: memory.store 40 1 2
;;| A: i64.load 48 -> 2
;;| A: task.return ()
;;| A: return
;;| host: done invoke A.run

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
    (canon task.return (result string) (memory (core memory $memory "mem")) string-encoding=utf16 (core func $task.return--string-))
    (core module $M
      (import "" "mem" (memory 1))
      (import "" "threads" (table $threads 3 funcref))
      (import "" "task.return (string)" (func $task.return--string- (param i32 i32)))
      (func $B.get (export "B.get") (param i32 i64)
        (i32.store8 (i32.const 0) (i32.const 90))
        (i32.store8 (i32.const 1) (i32.const 0))
        (i32.store8 (i32.const 2) (i32.const 111))
        (i32.store8 (i32.const 3) (i32.const 0))
        (i32.store8 (i32.const 4) (i32.const 235))
        (i32.store8 (i32.const 5) (i32.const 0))
        (i32.store8 (i32.const 6) (i32.const 33))
        (i32.store8 (i32.const 7) (i32.const 0))
        (if (i32.ne (i32.const 90) (i32.load8_u (i32.const 0))) (then unreachable))
        (if (i32.ne (i32.const 0) (i32.load8_u (i32.const 1))) (then unreachable))
        (if (i32.ne (i32.const 111) (i32.load8_u (i32.const 2))) (then unreachable))
        (if (i32.ne (i32.const 0) (i32.load8_u (i32.const 3))) (then unreachable))
        (if (i32.ne (i32.const 235) (i32.load8_u (i32.const 4))) (then unreachable))
        (if (i32.ne (i32.const 0) (i32.load8_u (i32.const 5))) (then unreachable))
        (if (i32.ne (i32.const 33) (i32.load8_u (i32.const 6))) (then unreachable))
        (if (i32.ne (i32.const 0) (i32.load8_u (i32.const 7))) (then unreachable))
        (call $task.return--string- (i32.const 0) (i32.const 4))
        (return)
        (unreachable)
      )
    )
    (core instance $m (instantiate $M (with "" (instance
      (export "mem" (memory $memory "mem"))
      (export "threads" (table $threads))
      (export "task.return (string)" (func $task.return--string-))
    ))))
    (func (export "get") async (param "p0" (tuple u8 u64)) (result string) (canon lift (core func $m "B.get") async (memory (core memory $memory "mem")) string-encoding=utf16 (realloc (core func $memory "realloc"))))
  )
  (component $a
    (import "b" (instance $b
      (export "get" (func async (param "p0" (tuple u8 u64)) (result string)))
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
    (canon lower (func $b "get") async (memory (core memory $memory "mem")) (realloc (core func $memory "realloc")) (core func $call-B.get))
    (canon task.return (memory (core memory $memory "mem")) (core func $task.return---))
    (core module $M
      (import "" "mem" (memory 1))
      (import "" "threads" (table $threads 3 funcref))
      (import "" "call B.get" (func $call-B.get (param i32 i64 i32) (result i32)))
      (import "" "task.return ()" (func $task.return---))
      (func $A.run (export "A.run")
        (if (i32.ne (i32.const 2) (call $call-B.get (i32.const 7) (i64.const 8) (i32.const 100))) (then unreachable))
        (if (i32.ne (i32.const 16) (i32.load (i32.const 100))) (then unreachable))
        (if (i32.ne (i32.const 5) (i32.load (i32.const 104))) (then unreachable))
        (if (i32.ne (i32.const 90) (i32.load8_u (i32.const 16))) (then unreachable))
        (if (i32.ne (i32.const 111) (i32.load8_u (i32.const 17))) (then unreachable))
        (if (i32.ne (i32.const 195) (i32.load8_u (i32.const 18))) (then unreachable))
        (if (i32.ne (i32.const 171) (i32.load8_u (i32.const 19))) (then unreachable))
        (if (i32.ne (i32.const 33) (i32.load8_u (i32.const 20))) (then unreachable))
        (i64.store (i32.const 40) (i64.const 1))
        (i64.store (i32.const 48) (i64.const 2))
        (if (i64.ne (i64.const 2) (i64.load (i32.const 48))) (then unreachable))
        (call $task.return---)
        (return)
        (unreachable)
      )
    )
    (core instance $m (instantiate $M (with "" (instance
      (export "mem" (memory $memory "mem"))
      (export "threads" (table $threads))
      (export "call B.get" (func $call-B.get))
      (export "task.return ()" (func $task.return---))
    ))))
    (func (export "run") async (canon lift (core func $m "A.run") async (memory (core memory $memory "mem"))))
  )
  (instance $b (instantiate $b))
  (instance $a (instantiate $a (with "b" (instance $b))))
  (func (export "a-run") (alias export $a "run"))
)
(assert_return (invoke "a-run"))
