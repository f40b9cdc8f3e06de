import {setTimeout as delay} from 'node:timers/promises'
import {mayGoOn, mayPointBack, noUsage, type RetrievedSource, turnsBefore} from '../domain/index.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {termsOf} from '../text/terms.ts'
import {type ExtractOptions, extract} from './extract.ts'
import type {GenerationEvent, GenerationRequest, Generator} from './generator.ts'
import {openingLinesFor} from './opening-line.ts'
import {citationOf, quotationIn} from './quotation.ts'

export interface ExtractiveOptions extends ExtractOptions {
  /** Milliseconds between two deltas, so that a reader sees the answer grow; 0 for none. Default 8; less in a long one. */
  readonly paceMs?: number
}

/** Longest quote in a citation, in UTF-16 units. */
const maxQuoteLength = 300
/** So long the whole of an extract is drawn out at most. */
const longestPacedMs = 3_000

/**
 * Answers by quoting: whole sentences, steps, table rows and code blocks of the sources, each cited. Needs no key
 * and no network, and says plainly that it quotes, in the language of the question where that can be told. The same question and sources give the same text.
 */
export function extractiveGenerator(options: ExtractiveOptions = {}): Generator {
  const {paceMs = 8} = options
  return {
    name: 'extractive',
    model: null,
    async *generate(request, {signal}): AsyncGenerator<GenerationEvent> {
      signal.throwIfAborted()
      const parts = partsOf(request, options)
      const pieces = parts.map((part) => ({part, texts: piecesOf(part.text)}))
      const count = pieces.reduce((sum, {texts}) => sum + texts.length, 0)
      const gapMs = Math.min(paceMs, longestPacedMs / count)
      let length = 0
      let dueAt = performance.now()
      for (const {part, texts} of pieces) {
        const start = length
        for (const text of texts) {
          length += text.length
          yield {type: 'delta', text}
          dueAt += gapMs
          // Timers are late and coarse: what one took too long, the next ones are given less.
          const waitMs = dueAt - performance.now()
          if (waitMs >= 1) await pause(waitMs, signal)
          signal.throwIfAborted()
        }
        if (part.source) {
          const quote = quotationIn(part.source, part.plain, maxQuoteLength)
          yield citationOf({n: part.source.n, start, end: length}, quote)
        }
      }
      yield {type: 'finish', finishReason: 'extract', usage: noUsage, upstreamRequestId: null}
    },
  }
}

interface Part {
  readonly text: string
  readonly source: RetrievedSource | null
  readonly plain: string
}

function partsOf(request: GenerationRequest, options: ExtractOptions): Part[] {
  const quoted = extract(questionIn(request), request.sources, options)
  const lastAsked = askedBefore(request)
  const {quoting, nothing} = openingLinesFor(
    [request.question, lastAsked],
    quoted.map(({plain}) => plain).join(' '),
  )
  const whole: Part[] =
    quoted.length > 0
      ? [{text: `${quoting}\n\n`, source: null, plain: ''}, ...quoted]
      : [{text: nothing, source: null, plain: ''}]
  const before = request.continueFrom
  if (!before) return whole

  // An extract that broke off goes on where it broke, since the same question gives the same text. After a model's
  // words it starts afresh, without what was said already.
  const text = whole.map((part) => part.text).join('')
  if (text.startsWith(before)) return rest(whole, before.length)
  const said = spaceless(before)
  const fresh = quoted.filter((part) => part.source === null || !said.includes(spaceless(part.plain)))
  return fresh.some((part) => part.source)
    ? [{text: `\n\n${quoting}\n\n`, source: null, plain: ''}, ...withoutLooseEnds(fresh)]
    : []
}

/** The parts from an offset of their text on. */
function rest(parts: readonly Part[], offset: number): Part[] {
  let at = 0
  return parts.flatMap((part) => {
    const from = Math.max(offset - at, 0)
    at += part.text.length
    return from >= part.text.length ? [] : [{...part, text: part.text.slice(from)}]
  })
}

/** What stands between two parts goes with the part it leads to. */
function withoutLooseEnds(parts: readonly Part[]): Part[] {
  return parts.flatMap((part, index) => {
    if (part.source) return [part]
    if (!parts[index + 1]?.source || index === 0) return []
    return [{...part, text: part.text.startsWith('\n\n') ? part.text : `\n\n${part.text.trimStart()}`}]
  })
}

/** A short question that goes on with the one before it, or has nothing to look for, is lent that one's words. */
function questionIn(request: GenerationRequest): string {
  const {question} = request
  const isShort = question.split(/\s+/).length <= 5
  const leans = mayPointBack(question) || mayGoOn(question) || termsOf(question).every(isStopTerm)
  return isShort && leans ? `${question} ${askedBefore(request)}`.trimEnd() : question
}

/** The visitor's turn before this question; before it was asked first, where it is asked again. */
function askedBefore({question, history}: GenerationRequest): string {
  return turnsBefore(question, history).findLast(({role}) => role === 'user')?.content ?? ''
}

/** Pieces about as large as a model's tokens, two words at most, that join to the text. */
function piecesOf(text: string): string[] {
  return text.match(/\s*\S{1,24}(?:[ ]\S{1,12}(?=\s|$))?|\s+$/gu) ?? []
}

function spaceless(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '').toLowerCase()
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, {signal})
  } catch {
    // The one thing that ends a pause early is the signal, whose own reason is thrown instead of Node's AbortError.
    signal.throwIfAborted()
  }
}
