;;| # A callback waits for a read.
;;| world callbacks  variant single-table  pin 6c67aa1
;;| choices 0
;;| A: enter A.run
;;| A: stream.new u8 -> 8589934593 ; A.handles 1=readable stream end of u8, A.handles 2=writable stream end of u8
;;| A: stream.read u8 async 1 0 1 -> 4294967295
;;| A: stream.write u8 async 2 0 1 -> 16
;;| A: waitable-set.new -> 3 ; A.handles 3=waitable set
;;| A: waitable.join 1 3
;;| A: return 50
;;| host: done invoke A.run
;;+ host: tick
;;+ A: enter A.run.callback 2 1 16
;;+ A: task.return ()
;;+ A: return 0
;;+ host: done tick

;; What comes back is compared, and what differs first is told: differs-at is its line, 0 if nothing differs.
;; The lines that begin with ;;+ are not in the trace: all return that have not returned.
;; The specification leaves choices here: the test is for those of the line "choices".
(component
  (component $a
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
    (type $payload0 (stream u8))
    (canon stream.new $payload0 (core func $stream.new-u8))
    (canon stream.read $payload0 async (memory (core memory $memory "mem")) (realloc (core func $memory "realloc")) (core func $stream.read-u8-async))
    (canon stream.write $payload0 async (memory (core memory $memory "mem")) (core func $stream.write-u8-async))
    (canon waitable-set.new (core func $waitable-set.new))
    (canon waitable.join (core func $waitable.join))
    (canon task.return (memory (core memory $memory "mem")) (core func $task.return---))
    (core module $M
      (import "" "mem" (memory 1))
      (import "" "threads" (table $threads 3 funcref))
      (import "" "stream.new u8" (func $stream.new-u8 (result i64)))
      (import "" "stream.read u8 async" (func $stream.read-u8-async (param i32 i32 i32) (result i32)))
      (import "" "stream.write u8 async" (func $stream.write-u8-async (param i32 i32 i32) (result i32)))
      (import "" "waitable-set.new" (func $waitable-set.new (result i32)))
      (import "" "waitable.join" (func $waitable.join (param i32 i32)))
      (import "" "task.return ()" (func $task.return---))
      (global $differs-at (mut i32) (i32.const 0))
      (global $activations (mut i32) (i32.const 0))
      (func $note (param $line i32)
        (if (i32.eqz (global.get $differs-at)) (then (global.set $differs-at (local.get $line)))))
      (func $differs-i32 (param $line i32) (param $want i32) (param $got i32) (result i32)
        (if (i32.eq (local.get $want) (local.get $got)) (then (return (i32.const 0))))
        (call $note (local.get $line))
        (i32.const 1))
      (func $differs-i64 (param $line i32) (param $want i64) (param $got i64) (result i32)
        (if (i64.eq (local.get $want) (local.get $got)) (then (return (i32.const 0))))
        (call $note (local.get $line))
        (i32.const 1))
      (func (export "differs-at") (result i32) (global.get $differs-at))
      (func (export "activations") (result i32) (global.get $activations))
      (global $A.run.calls (mut i32) (i32.const 0))
      (func $A.run (export "A.run") (result i32)
        (global.set $activations (i32.add (global.get $activations) (i32.const 1)))
        (global.set $A.run.calls (i32.add (global.get $A.run.calls) (i32.const 1)))
        (if (i32.eq (global.get $A.run.calls) (i32.const 1)) (then
          (block $leave0 
          (br_if $leave0 (global.get $differs-at))
          (br_if $leave0 (call $differs-i64 (i32.const 5) (i64.const 8589934593) (call $stream.new-u8)))
          (br_if $leave0 (call $differs-i32 (i32.const 6) (i32.const 4294967295) (call $stream.read-u8-async (i32.const 1) (i32.const 0) (i32.const 1))))
          (br_if $leave0 (call $differs-i32 (i32.const 7) (i32.const 16) (call $stream.write-u8-async (i32.const 2) (i32.const 0) (i32.const 1))))
          (br_if $leave0 (call $differs-i32 (i32.const 8) (i32.const 3) (call $waitable-set.new)))
          (call $waitable.join (i32.const 1) (i32.const 3))
          (return (i32.const 50))
          )
          (call $task.return---)
          (return (i32.const 0))
        ))
        (call $note (i32.const 4294967295))
        (call $task.return---)
        (return (i32.const 0))
      )
      (global $A.run.callback.calls (mut i32) (i32.const 0))
      (func $A.run.callback (export "A.run.callback") (param i32 i32 i32) (result i32)
        (global.set $activations (i32.add (global.get $activations) (i32.const 1)))
        (global.set $A.run.callback.calls (i32.add (global.get $A.run.callback.calls) (i32.const 1)))
        (if (i32.eq (global.get $A.run.callback.calls) (i32.const 1)) (then
          (block $leave0 
          (br_if $leave0 (global.get $differs-at))
          (br_if $leave0 (call $differs-i32 (i32.const 13) (i32.const 2) (local.get 0)))
          (br_if $leave0 (call $differs-i32 (i32.const 13) (i32.const 1) (local.get 1)))
          (br_if $leave0 (call $differs-i32 (i32.const 13) (i32.const 16) (local.get 2)))
          (call $task.return---)
          (return (i32.const 0))
          )
          (call $task.return---)
          (return (i32.const 0))
        ))
        (call $note (i32.const 4294967295))
        (call $task.return---)
        (return (i32.const 0))
      )
    )
    (core instance $m (instantiate $M (with "" (instance
      (export "mem" (memory $memory "mem"))
      (export "threads" (table $memory "threads"))
      (export "stream.new u8" (func $stream.new-u8))
      (export "stream.read u8 async" (func $stream.read-u8-async))
      (export "stream.write u8 async" (func $stream.write-u8-async))
      (export "waitable-set.new" (func $waitable-set.new))
      (export "waitable.join" (func $waitable.join))
      (export "task.return ()" (func $task.return---))
    ))))
    (func $A.run async (canon lift (core func $m "A.run") async (callback (core func $m "A.run.callback")) (memory (core memory $memory "mem"))))
    (export "run" (func $A.run))
    (func (export "differs-at") (result u32) (canon lift (core func $m "differs-at")))
    (func (export "activations") (result u32) (canon lift (core func $m "activations")))
  )
  (instance $a (instantiate $a))
  (export "a-run" (func $a "run"))
  (export "a-differs-at" (func $a "differs-at"))
  (export "a-activations" (func $a "activations"))
)
(assert_return (invoke "a-run"))
(assert_return (invoke "a-differs-at") (u32.const 0))
(assert_return (invoke "a-activations") (u32.const 2))
