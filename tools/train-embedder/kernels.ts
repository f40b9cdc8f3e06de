import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Worker} from 'node:worker_threads'
import {packageRoot} from '../../src/package/index.ts'

/** One call of a kernel: `arguments` are byte offsets into the shared memory. */
export type KernelJob =
  | {readonly kind: 'pool'; readonly rows: number; readonly arguments: readonly number[]}
  | {
      readonly kind: 'update'
      readonly rows: number
      readonly arguments: readonly number[]
      /** Byte offset of a scratch row per thread. */
      readonly scratch: readonly number[]
      readonly bytes: number
      readonly step: readonly number[]
    }

/** The compiled kernels of `kernels.wat` over one shared memory, run on several threads. */
export interface Kernels {
  readonly memory: SharedArrayBuffer
  /** Runs one job to its end, which blocks: the calling thread does its share and waits for the others. */
  run(job: KernelJob): void
  close(): Promise<void>
}

const maxPages = 65536
const pageBytes = 65536
const controlWords = 64
const state = {idle: 0, run: 1, done: 2, stop: 3, failed: 4} as const

/**
 * Compiles the kernels and starts the helper threads. `bytes` is the size of the memory, at most 4 GB.
 * @throws RangeError when it is larger.
 */
export async function openKernels(options: {
  readonly bytes: number
  readonly threads: number
}): Promise<Kernels> {
  const pages = Math.ceil(options.bytes / pageBytes)
  if (pages > maxPages) throw new RangeError('the table is too large to train: use a smaller vocabulary')
  const memory = new WebAssembly.Memory({initial: Math.max(1, pages), maximum: maxPages, shared: true})
  const module = await compileKernels()
  const instance = await WebAssembly.instantiate(module, {env: {memory}})
  const kernels = instance.exports as unknown as KernelExports

  // A helper waits on the first word and then reads its call from the numbers.
  const helpers = Array.from({length: Math.max(1, options.threads) - 1}, () => {
    const control = new SharedArrayBuffer(controlWords * 8)
    const worker = new Worker(helperCode, {eval: true, workerData: {module, memory, control}})
    worker.unref()
    return {worker, signal: new Int32Array(control, 0, 2), numbers: new Float64Array(control, 8)}
  })
  const threads = helpers.length + 1

  return {
    memory: memory.buffer as unknown as SharedArrayBuffer,
    run(job) {
      const share = Math.ceil(job.rows / threads)
      helpers.forEach(({signal, numbers}, index) => {
        const call = argumentsOf(job, index + 1, share)
        numbers[0] = job.kind === 'pool' ? 0 : 1
        numbers[1] = call.length
        numbers.set(call, 2)
        Atomics.store(signal, 0, state.run)
        Atomics.notify(signal, 0)
      })
      kernels[job.kind](...argumentsOf(job, 0, share))
      for (const {signal} of helpers) {
        while (Atomics.load(signal, 0) === state.run) Atomics.wait(signal, 0, state.run, 1000)
        if (Atomics.load(signal, 0) === state.failed)
          throw new RangeError('a job accessed memory out of bounds')
      }
    },
    async close() {
      for (const {signal} of helpers) {
        Atomics.store(signal, 0, state.stop)
        Atomics.notify(signal, 0)
      }
      await Promise.all(
        helpers.map(({worker}) => {
          worker.ref()
          return new Promise((resolve) => worker.once('exit', resolve))
        }),
      )
    },
  }
}

interface KernelExports {
  pool(...numbers: number[]): void
  update(...numbers: number[]): void
}

function argumentsOf(job: KernelJob, thread: number, share: number): number[] {
  const from = Math.min(job.rows, thread * share)
  const to = Math.min(job.rows, from + share)
  return job.kind === 'pool'
    ? [from, to, ...job.arguments]
    : [from, to, ...job.arguments, job.scratch[thread]!, job.bytes, ...job.step]
}

async function compileKernels(): Promise<WebAssembly.Module> {
  // A large development dependency: loaded only when a model is trained.
  const {default: wabt} = await import('wabt')
  const {parseWat} = await wabt()
  const source = readFileSync(join(packageRoot, 'tools/train-embedder/kernels.wat'), 'utf8')
  const features = {simd: true, threads: true, bulk_memory: true, mutable_globals: true}
  const parsed = parseWat('kernels.wat', source, features)
  try {
    return await WebAssembly.compile(new Uint8Array(parsed.toBinary({}).buffer))
  } finally {
    parsed.destroy()
  }
}

/** Plain JavaScript, since the thread has no TypeScript loader. */
const helperCode = `
const {workerData: {module, memory, control}} = require('node:worker_threads')
const {exports: kernels} = new WebAssembly.Instance(module, {env: {memory}})
const signal = new Int32Array(control, 0, 2)
const numbers = new Float64Array(control, 8)
for (;;) {
  const now = Atomics.load(signal, 0)
  if (now === ${state.stop}) break
  if (now !== ${state.run}) {
    Atomics.wait(signal, 0, now)
    continue
  }
  const call = Array.from(numbers.subarray(2, 2 + numbers[1]))
  let ending = ${state.done}
  try {
    kernels[numbers[0] === 0 ? 'pool' : 'update'](...call)
  } catch {
    // Only an access out of bounds throws; the waiting thread must learn of it.
    ending = ${state.failed}
  }
  Atomics.compareExchange(signal, 0, ${state.run}, ending)
  Atomics.notify(signal, 0)
}
`
