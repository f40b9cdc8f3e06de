;; The two loops in which training spends its time, on four floats at once. Threads share the memory and each runs
;; the same functions on its own rows, so the result does not depend on the number of threads.
;; A "bag" is a run of entries (row number, weight); bag b holds the entries from starts[b] to starts[b + 1].
(module
  (import "env" "memory" (memory 1 65536 shared))

  ;; out[0..bytes) += weight * row[0..bytes)
  (func $add (param $out i32) (param $row i32) (param $weight v128) (param $bytes i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $out) (local.get $bytes)))
    (loop $next
      (v128.store (local.get $out)
        (f32x4.add (v128.load (local.get $out))
          (f32x4.mul (local.get $weight) (v128.load (local.get $row)))))
      (v128.store offset=16 (local.get $out)
        (f32x4.add (v128.load offset=16 (local.get $out))
          (f32x4.mul (local.get $weight) (v128.load offset=16 (local.get $row)))))
      (local.set $out (i32.add (local.get $out) (i32.const 32)))
      (local.set $row (i32.add (local.get $row) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $out) (local.get $end)))))

  ;; For each bag: out = sum of weight * table[row].
  (func $pool (export "pool")
    (param $from i32) (param $to i32) (param $starts i32) (param $rows i32) (param $weights i32)
    (param $table i32) (param $out i32) (param $bytes i32)
    (local $bag i32) (local $entry i32) (local $last i32) (local $target i32)
    (local.set $bag (local.get $from))
    (block $done
      (loop $nextBag
        (br_if $done (i32.ge_u (local.get $bag) (local.get $to)))
        (local.set $target
          (i32.add (local.get $out) (i32.mul (local.get $bag) (local.get $bytes))))
        (memory.fill (local.get $target) (i32.const 0) (local.get $bytes))
        (local.set $entry
          (i32.load (i32.add (local.get $starts) (i32.shl (local.get $bag) (i32.const 2)))))
        (local.set $last
          (i32.load offset=4 (i32.add (local.get $starts) (i32.shl (local.get $bag) (i32.const 2)))))
        (block $bagDone
          (loop $nextEntry
            (br_if $bagDone (i32.ge_u (local.get $entry) (local.get $last)))
            (call $add
              (local.get $target)
              (i32.add (local.get $table)
                (i32.mul (local.get $bytes)
                  (i32.load (i32.add (local.get $rows) (i32.shl (local.get $entry) (i32.const 2))))))
              (v128.load32_splat
                (i32.add (local.get $weights) (i32.shl (local.get $entry) (i32.const 2))))
              (local.get $bytes))
            (local.set $entry (i32.add (local.get $entry) (i32.const 1)))
            (br $nextEntry)))
        (local.set $bag (i32.add (local.get $bag) (i32.const 1)))
        (br $nextBag))))

  ;; For each touched row of the table: its gradient is the sum of weight * gradient over its bag of batch rows;
  ;; then one step of Adam on that row alone ("lazy" Adam).
  (func $update (export "update")
    (param $from i32) (param $to i32) (param $starts i32) (param $batchRows i32) (param $weights i32)
    (param $gradients i32) (param $touched i32) (param $table i32) (param $first i32) (param $second i32)
    (param $scratch i32) (param $bytes i32)
    (param $rate f32) (param $correction f32) (param $beta1 f32) (param $beta2 f32) (param $epsilon f32)
    (local $index i32) (local $at i32) (local $offset i32) (local $gradient v128) (local $m v128) (local $v v128)
    (local.set $index (local.get $from))
    (block $done
      (loop $nextRow
        (br_if $done (i32.ge_u (local.get $index) (local.get $to)))
        (call $pool
          (local.get $index) (i32.add (local.get $index) (i32.const 1)) (local.get $starts)
          (local.get $batchRows) (local.get $weights) (local.get $gradients)
          ;; pool writes to out + bag * bytes: shifted so that it lands on the scratch row.
          (i32.sub (local.get $scratch) (i32.mul (local.get $index) (local.get $bytes)))
          (local.get $bytes))
        (local.set $offset
          (i32.mul (local.get $bytes)
            (i32.load (i32.add (local.get $touched) (i32.shl (local.get $index) (i32.const 2))))))
        (local.set $at (i32.const 0))
        (loop $nextFour
          (local.set $gradient (v128.load (i32.add (local.get $scratch) (local.get $at))))
          (local.set $m
            (f32x4.add
              (f32x4.mul (f32x4.splat (local.get $beta1))
                (v128.load (i32.add (local.get $first) (local.get $offset))))
              (f32x4.mul (f32x4.splat (f32.sub (f32.const 1) (local.get $beta1))) (local.get $gradient))))
          (local.set $v
            (f32x4.add
              (f32x4.mul (f32x4.splat (local.get $beta2))
                (v128.load (i32.add (local.get $second) (local.get $offset))))
              (f32x4.mul (f32x4.splat (f32.sub (f32.const 1) (local.get $beta2)))
                (f32x4.mul (local.get $gradient) (local.get $gradient)))))
          (v128.store (i32.add (local.get $first) (local.get $offset)) (local.get $m))
          (v128.store (i32.add (local.get $second) (local.get $offset)) (local.get $v))
          (v128.store (i32.add (local.get $table) (local.get $offset))
            (f32x4.sub
              (v128.load (i32.add (local.get $table) (local.get $offset)))
              (f32x4.div
                (f32x4.mul (f32x4.splat (local.get $rate)) (local.get $m))
                (f32x4.add (f32x4.splat (local.get $epsilon))
                  (f32x4.sqrt (f32x4.mul (f32x4.splat (local.get $correction)) (local.get $v)))))))
          (local.set $offset (i32.add (local.get $offset) (i32.const 16)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $nextFour (i32.lt_u (local.get $at) (local.get $bytes))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $nextRow)))))
