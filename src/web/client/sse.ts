import {createParser, type EventSourceMessage} from 'eventsource-parser'

export interface FramesOptions {
  readonly signal: AbortSignal
  /** Longest time without a byte, heartbeats included, before the connection counts as dead. */
  readonly silenceMs: number
}

/** The longest frame that is read; a longer one is not ours. */
const maxFrameChars = 4 * 1024 * 1024

/**
 * Server-sent events of a response, in order. Ends at the end of the body; whether that was the end of the answer
 * only its events tell.
 * @throws `AbortError` on abort, `TimeoutError` after `silenceMs` without a byte, and what the network throws.
 */
export async function* framesOf(
  body: ReadableStream<Uint8Array>,
  options: FramesOptions,
): AsyncGenerator<EventSourceMessage> {
  const {signal, silenceMs} = options
  const frames: EventSourceMessage[] = []
  let failure: Error | null = null
  const parser = createParser({
    maxBufferSize: maxFrameChars,
    onEvent: (frame) => frames.push(frame),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') failure = error
    },
  })
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let timer: ReturnType<typeof setTimeout> | undefined
  let give: (error: unknown) => void = () => {}
  const ended = new Promise<never>((_, reject) => {
    give = reject
  })
  // Nobody may be waiting when the signal fires between two reads.
  ended.catch(() => {})
  const leave = (): void => give(signal.reason)
  signal.addEventListener('abort', leave)

  try {
    signal.throwIfAborted()
    for (;;) {
      timer = setTimeout(() => give(new DOMException('The stream fell silent', 'TimeoutError')), silenceMs)
      const {done, value} = await Promise.race([reader.read(), ended])
      clearTimeout(timer)
      if (done) return
      parser.feed(decoder.decode(value, {stream: true}))
      if (failure !== null) throw failure
      yield* frames.splice(0)
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
    // The connection is given back also when the reader stops early; that it was closed already is no news.
    reader.cancel().catch(() => {})
  }
}
