import {createParser, type EventSourceMessage} from 'eventsource-parser'

export interface FramesOptions {
  readonly signal: AbortSignal
  /** Time without a byte, heartbeats included, after which the connection counts as dead. */
  readonly silenceMs: number
}

/** Maximum length of a frame; Docent sends no longer ones. */
const maxFrameChars = 4 * 1024 * 1024

/**
 * Server-sent events of a response, in order. Ends at the end of the body, which need not be the end of the answer.
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
  let fail: (error: unknown) => void = () => {}
  const ended = new Promise<never>((_, reject) => {
    fail = reject
  })
  // The signal may fire between two reads, when nothing awaits this promise.
  ended.catch(() => {})
  const onAbort = (): void => fail(signal.reason)
  signal.addEventListener('abort', onAbort)

  try {
    signal.throwIfAborted()
    for (;;) {
      timer = setTimeout(() => fail(new DOMException('The stream fell silent', 'TimeoutError')), silenceMs)
      const {done, value} = await Promise.race([reader.read(), ended])
      clearTimeout(timer)
      if (done) return
      parser.feed(decoder.decode(value, {stream: true}))
      if (failure !== null) throw failure
      yield* frames.splice(0)
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    // Releases the connection when the reader stops early; fails if it is closed already.
    reader.cancel().catch(() => {})
  }
}
