import {createParser} from 'eventsource-parser'

/** A part of a UI message stream; `[DONE]` as a part of that type. */
export interface UiPart extends Readonly<Record<string, unknown>> {
  readonly type: string
}

export interface UiReading {
  readonly response: Response
  readonly seen: readonly UiPart[]
  /** Reads until a part is there that matches. @throws Error if the stream ends before. */
  until(matches: (part: UiPart) => boolean): Promise<UiPart>
  /** Reads to the end. @throws what `fetch` throws if the connection breaks. */
  all(): Promise<readonly UiPart[]>
  leave(): void
}

/** Reads a UI message stream with a third-party parser, part by part. */
export async function uiReadingOf(begin: (signal: AbortSignal) => Promise<Response>): Promise<UiReading> {
  const hangUp = new AbortController()
  const response = await begin(hangUp.signal)
  const seen: UiPart[] = []
  const parser = createParser({
    onEvent: ({data}) => seen.push(data === '[DONE]' ? {type: '[DONE]'} : (JSON.parse(data) as UiPart)),
  })
  const decoder = new TextDecoder()
  let chunks: AsyncIterator<Uint8Array> | undefined
  const next = async (): Promise<boolean> => {
    // A refusal is read as JSON, and nothing of it here.
    chunks ??= response.body?.[Symbol.asyncIterator]()
    const {value, done = true} = (await chunks?.next()) ?? {}
    if (!done) parser.feed(decoder.decode(value, {stream: true}))
    return !done
  }
  return {
    response,
    seen,
    async until(matches) {
      while (true) {
        const found = seen.find(matches)
        if (found) return found
        if (!(await next())) throw new Error(`The stream ended with ${JSON.stringify(seen.at(-1))}`)
      }
    },
    async all() {
      while (await next());
      return seen
    },
    leave: () => hangUp.abort(),
  }
}

/** The text of all text parts. */
export function uiTextOf(parts: readonly UiPart[]): string {
  return parts.flatMap(({type, delta}) => (type === 'text-delta' ? [String(delta)] : [])).join('')
}
