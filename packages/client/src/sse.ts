import {createParser, type EventSourceMessage} from 'eventsource-parser'

export interface FramesOptions {
  readonly signal: AbortSignal
  /** Called with true when bytes are waited for, and with false when some have come. */
  readonly waits: (isWaiting: boolean) => void
}

/** Maximum length of a frame; Docent sends no longer ones. */
const maxFrameChars = 4 * 1024 * 1024

/**
 * Server-sent events of a response, in order. Ends at the end of the body, which need not be the end of the answer.
 * @throws the signal's reason on abort, and what the network throws.
 */
export async function* framesOf(
  body: ReadableStream<Uint8Array>,
  {signal, waits}: FramesOptions,
): AsyncGenerator<EventSourceMessage> {
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
  let onAbort!: () => void
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
  })
  // The signal may fire between two reads, when nothing awaits this promise.
  aborted.catch(() => {})
  signal.addEventListener('abort', onAbort)

  try {
    signal.throwIfAborted()
    for (;;) {
      waits(true)
      const {done, value} = await Promise.race([reader.read(), aborted])
      waits(false)
      if (done) return
      parser.feed(decoder.decode(value, {stream: true}))
      if (failure !== null) throw failure
      yield* frames.splice(0)
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    // Releases the connection when the reader stops early; fails if it is closed already.
    reader.cancel().catch(() => {})
  }
}
