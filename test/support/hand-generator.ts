import {type FinishReason, noUsage} from '../../src/domain/index.ts'
import type {GenerationEvent, GenerationRequest, Generator} from '../../src/generation/generator.ts'

/** A generation that the test controls. */
export interface HandCall {
  readonly request: GenerationRequest
  readonly signal: AbortSignal
  /** Resolves when the run aborts it. */
  readonly aborted: Promise<void>
  /** Number of events consumed so far. */
  readonly taken: number
  say(...texts: readonly string[]): void
  push(event: GenerationEvent): void
  finish(finishReason?: FinishReason): void
  fail(error: Error): void
}

export interface HandGenerator extends Generator {
  readonly calls: readonly HandCall[]
  /** Resolves with the n-th call (zero-based) once it has begun. */
  call(n: number): Promise<HandCall>
}

/** A generator whose output and timing the test controls. */
export function handGenerator(): HandGenerator {
  const calls: HandCall[] = []
  const waiting = new Set<() => void>()

  return {
    name: 'scripted',
    model: 'by-hand',
    calls,
    async call(n) {
      while (calls.length <= n) await new Promise<void>((resolve) => waiting.add(resolve))
      return calls[n]!
    },
    async *generate(request, {signal}) {
      const queue: (GenerationEvent | Error)[] = []
      let wake = () => {}
      let taken = 0
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          wake()
          resolve()
        })
      })
      const add = (item: GenerationEvent | Error) => {
        queue.push(item)
        wake()
      }
      calls.push({
        request,
        signal,
        aborted,
        get taken() {
          return taken
        },
        say(...texts) {
          for (const text of texts) add({type: 'delta', text})
        },
        push: add,
        finish: (finishReason = 'end') =>
          add({type: 'finish', finishReason, usage: noUsage, upstreamRequestId: 'req_by_hand'}),
        fail: add,
      })
      request.report?.({modelCall: 'sent'})
      for (const resolve of waiting) resolve()
      waiting.clear()

      while (true) {
        signal.throwIfAborted()
        const next = queue.shift()
        if (next === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
          continue
        }
        if (next instanceof Error) throw next
        taken++
        yield next
        if (next.type === 'finish') return
      }
    },
  }
}
