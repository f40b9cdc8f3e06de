import type {AnswerState} from '../answers/index.ts'
import {
  type AnswerEvent,
  type CitationEvent,
  type DeltaEvent,
  DocentError,
  type ReasoningEvent,
  type ToolEvent,
} from '../domain/index.ts'
import type {FinishEvent, GenerationEvent} from '../generation/index.ts'
import {headOf} from '../lib/cut.ts'
import {allWellFormed, WellFormedPieces} from '../lib/well-formed.ts'

/** A longer delta is split, so that no frame and no row grows without bound. UTF-16 units. */
const maxDeltaChars = 16_384
const maxReasoningChars = 200_000
const maxToolInputChars = 8_192

export interface GenerationRelayOptions {
  /** The state that the events emitted so far add up to. */
  readonly state: Pick<AnswerState, 'textLength'>
  readonly emit: (event: AnswerEvent) => void
  /** Whether a source with this number was shown. */
  readonly hasSource: (n: number) => boolean
  /** Called for each invalid citation, which is left out. */
  readonly onDroppedCitation: () => void
  /** Length of the whole text in UTF-16 units. */
  readonly maxTextChars: number
}

/**
 * Makes the output of a generator safe for readers: no event contains half a character, none is longer than its limit,
 * and every citation names a source that was shown and a range of the text so far.
 */
export class GenerationRelay {
  readonly #options: GenerationRelayOptions
  readonly #text = new WellFormedPieces()
  readonly #reasoning = new WellFormedPieces()
  #reasoningChars = 0
  /** Where the generator's own text begins. Its citations are relative to that. */
  #base = 0

  constructor(options: GenerationRelayOptions) {
    this.#options = options
  }

  /** Sends the text of an earlier answer that the generator continues. */
  sendEarlierText(text: string): void {
    this.#sendText(text)
    this.#base = this.#options.state.textLength
  }

  /** @throws DocentError `upstream_invalid` if the text is too long. */
  send(event: Exclude<GenerationEvent, FinishEvent>): void {
    if (event.type === 'delta') this.#sendDelta(event)
    else if (event.type === 'citation') this.#sendCitation(event)
    else if (event.type === 'tool') this.#options.emit(boundedTool(event))
    else this.#sendReasoning(event)
  }

  /** Call it when the generator has finished: replaces half a character that was held back, and sends it. */
  end(): void {
    this.#sendText(this.#text.end())
  }

  #sendDelta({text}: DeltaEvent): void {
    this.#sendText(this.#text.push(text))
    const {state, maxTextChars} = this.#options
    if (state.textLength > maxTextChars) {
      throw new DocentError('upstream_invalid', `The generator sent more than ${maxTextChars} characters`)
    }
  }

  #sendText(text: string): void {
    let rest = text
    while (rest.length > maxDeltaChars) {
      const head = headOf(rest, maxDeltaChars)
      this.#options.emit({type: 'delta', text: head})
      rest = rest.slice(head.length)
    }
    if (rest !== '') this.#options.emit({type: 'delta', text: rest})
  }

  #sendCitation(citation: CitationEvent): void {
    const {state, hasSource, emit, onDroppedCitation} = this.#options
    const start = citation.start + this.#base
    const end = citation.end + this.#base
    const isValid =
      hasSource(citation.n) &&
      Number.isInteger(start) &&
      Number.isInteger(end) &&
      citation.start >= 0 &&
      start <= end &&
      end <= state.textLength
    if (isValid) emit(allWellFormed({...citation, start, end}))
    else onDroppedCitation()
  }

  #sendReasoning(event: ReasoningEvent): void {
    this.#reasoningChars += event.text.length
    const text = this.#reasoning.push(event.text)
    if (text !== '' && this.#reasoningChars <= maxReasoningChars) this.#options.emit({...event, text})
  }
}

/** The event, without its input if that is too large. */
function boundedTool(event: ToolEvent): ToolEvent {
  if (event.input === undefined) return allWellFormed(event)
  let size = Number.POSITIVE_INFINITY
  try {
    size = JSON.stringify(event.input)?.length ?? 0
  } catch {
    // Not JSON, so it cannot be sent or stored: left out like one that is too large.
  }
  if (size <= maxToolInputChars) return allWellFormed(event)
  const {input: _, ...rest} = event
  return allWellFormed(rest)
}
