import {setTimeout as delay} from 'node:timers/promises'
import {noUsage} from '../../src/domain/index.ts'
import type {GenerationEvent, GenerationRequest, Generator} from '../../src/generation/generator.ts'

export type ScriptStep =
  /** A delta. */
  | string
  | GenerationEvent
  /** Thrown. */
  | Error
  | {readonly waitMs: number}
  /** Continues when it resolves. */
  | {readonly until: Promise<unknown>}
  /** Writes nothing more until the signal aborts. */
  | 'stall'
  /** Ends without `finish`, which is a failure. */
  | 'silent-end'

export interface ScriptOptions {
  readonly model?: string | null
  /** Pause before each delta; default 0. */
  readonly paceMs?: number
}

/**
 * A generator that plays a script: strings are deltas, errors are thrown. A `finish` is added at the end unless the script
 * has one. If `script` is a function, it is called for each request.
 */
export function scriptedGenerator(
  script:
    | readonly ScriptStep[]
    | ((request: GenerationRequest) => Iterable<ScriptStep> | AsyncIterable<ScriptStep>),
  options: ScriptOptions = {},
): Generator {
  const {model = null, paceMs = 0} = options
  return {
    name: 'scripted',
    model,
    async *generate(request, {signal}): AsyncGenerator<GenerationEvent> {
      for await (const step of typeof script === 'function' ? script(request) : script) {
        signal.throwIfAborted()
        if (step === 'silent-end') return
        if (step === 'stall') await aborted(signal)
        else if (typeof step === 'string') {
          if (paceMs > 0) await abortable(delay(paceMs, undefined, {signal}), signal)
          yield {type: 'delta', text: step}
        } else if (step instanceof Error) throw step
        else if ('waitMs' in step) await abortable(delay(step.waitMs, undefined, {signal}), signal)
        else if ('until' in step) await abortable(step.until, signal)
        else {
          yield step
          if (step.type === 'finish') return
        }
        signal.throwIfAborted()
      }
      signal.throwIfAborted()
      yield {type: 'finish', finishReason: 'end', usage: noUsage, upstreamRequestId: null}
    },
  }
}

/** Settles with the promise, or throws the signal's reason as soon as it aborts. */
async function abortable(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  let leave = (): void => {}
  const abort = new Promise<void>((resolve) => {
    leave = resolve
    signal.addEventListener('abort', leave)
  })
  try {
    await Promise.race([promise, abort])
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', leave)
  }
  signal.throwIfAborted()
}

function aborted(signal: AbortSignal): Promise<void> {
  return abortable(new Promise(() => {}), signal)
}
