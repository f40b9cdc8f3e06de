import type {Fetch} from '../../packages/client/src/index.ts'

/** A frame of the answer `a1`. */
export function frame(seq: number, type: string, data: object = {}): string {
  return `id: a1:${seq}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`
}

/** A response whose body is cut into pieces of any size; `fails` breaks the connection after them. */
export function streamOf(text: string, {fails = false, size = 7} = {}): Response {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at < bytes.length) {
        controller.enqueue(bytes.slice(at, at + size))
        at += size
      } else if (fails) controller.error(new TypeError('network error'))
      else controller.close()
    },
  })
  return new Response(body, {headers: {'content-type': 'text/event-stream'}})
}

/** A response that sends a text and then neither more nor its end. `onCancel` is called when it is closed. */
export function openStreamOf(text: string, onCancel: () => void = () => {}): Response {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
    cancel: onCancel,
  })
  return new Response(body, {headers: {'content-type': 'text/event-stream'}})
}

export interface Call {
  readonly url: string
  readonly init: RequestInit
}

/** Answers each request with the next response; fails like an absent server after them. */
export function answering(...responses: readonly (() => Response | Promise<Response>)[]): {
  fetch: Fetch
  calls: Call[]
} {
  const calls: Call[] = []
  return {
    calls,
    async fetch(url, init = {}) {
      calls.push({url, init})
      const next = responses[calls.length - 1]
      if (next === undefined) throw new TypeError('Failed to fetch')
      return next()
    },
  }
}
