import {setTimeout as delay} from 'node:timers/promises'
import {
  markdownOfBlock,
  mayContinue,
  mayPointBack,
  noUsage,
  type RetrievedSource,
  turnsBefore,
} from '../domain/index.ts'
import {correctionOf} from '../text/correction.ts'
import {lettersAndDigits} from '../text/letters.ts'
import {askedIn} from '../text/pasted-text.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {termsOf} from '../text/terms.ts'
import {type ExtractOptions, extract} from './extraction/index.ts'
import type {GenerationEvent, GenerationRequest, Generator} from './generator.ts'
import {openingLinesFor} from './opening-lines.ts'
import {citationOf, quotationIn} from './quotation.ts'

export interface ExtractiveOptions extends ExtractOptions {
  /** Milliseconds between two deltas, so that a reader sees the answer grow; less in a long one. 0 for none; default 8. */
  readonly paceMs?: number
}

/** Longest quote in a citation, in UTF-16 units. */
const maxQuoteLength = 300
/** Maximum time that pacing adds to an extract. */
const maxPacingMs = 3_000

/**
 * Answers by quoting: whole sentences, steps, table rows and code blocks of the sources, each cited. Needs no key and no
 * network, and says that it quotes, in the language of the question where that is known. The same question and sources
 * give the same text.
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
      const gapMs = Math.min(paceMs, maxPacingMs / count)
      let length = 0
      let dueAt = performance.now()
      for (const {part, texts} of pieces) {
        const start = length
        for (const text of texts) {
          length += text.length
          yield {type: 'delta', text}
          dueAt += gapMs
          // Timers are late and coarse: a late one shortens the next waits.
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
  const verified = request.sources.find((source) => source.verified)
  const quoted =
    verified === undefined
      ? extract(contextualQuestion(request), request.sources, options)
      : verifiedParts(verified)
  const previousQuestion = previousQuestionIn(request)
  const {quoting, nothing} = openingLinesFor(
    [request.question, previousQuestion],
    quoted.map(({plain}) => plain).join(' '),
    request.unknownWords,
  )
  const opening: Part = {text: quoted.length > 0 ? `${quoting}\n\n` : nothing, source: null, plain: ''}
  // A verified answer speaks for itself.
  const whole = verified === undefined ? [opening, ...quoted] : quoted
  const before = request.continueFrom
  if (!before) return whole

  // An extract that broke off continues where it broke, since the same question gives the same text. After a model's
  // text it starts over, without what was already quoted.
  const text = whole.map((part) => part.text).join('')
  if (text.startsWith(before)) return partsFrom(whole, before.length)
  const written = lettersAndDigits(before)
  const fresh = quoted.filter(
    (part) => part.source === null || !written.includes(lettersAndDigits(part.plain)),
  )
  return fresh.some((part) => part.source)
    ? [{text: `\n\n${quoting}\n\n`, source: null, plain: ''}, ...withoutDanglingText(fresh)]
    : []
}

/** An answer that staff wrote to this question: all of it. */
function verifiedParts(source: RetrievedSource): Part[] {
  return source.blocks.map((block, index) => {
    const plain = [block.tableHeadText, ...block.units.map(({text}) => text)].join(' ')
    return {text: `${index === 0 ? '' : '\n\n'}${markdownOfBlock(block)}`, source, plain}
  })
}

/** The parts from an offset of their text on. */
function partsFrom(parts: readonly Part[], offset: number): Part[] {
  let at = 0
  return parts.flatMap((part) => {
    const from = Math.max(offset - at, 0)
    at += part.text.length
    return from >= part.text.length ? [] : [{...part, text: part.text.slice(from)}]
  })
}

/** Text between two quotes belongs to the one after it, and goes with it. */
function withoutDanglingText(parts: readonly Part[]): Part[] {
  return parts.flatMap((part, index) => {
    if (part.source) return [part]
    if (!parts[index + 1]?.source || index === 0) return []
    return [{...part, text: part.text.startsWith('\n\n') ? part.text : `\n\n${part.text.trimStart()}`}]
  })
}

/** The question; a correction with what it corrects; a short one that continues the one before, or has only stop words, with the words of that one or, where there is none, of the page that it is asked from. */
function contextualQuestion(request: GenerationRequest): string {
  const {history} = request
  const {asked: question} = askedIn(request.question)
  const earlier = turnsBefore(request.question, history).filter(({role}) => role === 'user')
  const correction = correctionOf(
    question,
    earlier.map(({content}) => content),
  )
  if (correction !== null) return correction.question
  const isShort = question.split(/\s+/).length <= 5
  const isFollowUp = mayPointBack(question) || mayContinue(question) || termsOf(question).every(isStopTerm)
  if (!isShort || !isFollowUp) return question
  const {visitorPage = null} = request
  const placeName = visitorPage?.section ?? visitorPage?.title ?? ''
  return `${question} ${previousQuestionIn(request) || placeName}`.trimEnd()
}

/** The visitor's turn before this question was first asked; empty for none. */
function previousQuestionIn({question, history}: GenerationRequest): string {
  return turnsBefore(question, history).findLast(({role}) => role === 'user')?.content ?? ''
}

/** Parts of about the size of a model's tokens, at most two words; joined they are the text. */
function piecesOf(text: string): string[] {
  return text.match(/\s*\S{1,24}(?:[ ]\S{1,12}(?=\s|$))?|\s+$/gu) ?? []
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, {signal})
  } catch {
    // Only the signal ends a pause early; throws its reason instead of Node's AbortError.
    signal.throwIfAborted()
  }
}
