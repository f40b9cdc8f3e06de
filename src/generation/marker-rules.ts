import {
  continuesExpression,
  endOf,
  endsClause,
  isIndexable,
  isPattern,
  mayContinueExpression,
  mayEndClause,
  opensExpression,
} from './index-expression.ts'
import {type MarkerGroup, maxHeld, opensMarker} from './marker-reader.ts'
import {endsSentence, maxWord} from './shown-text.ts'

/** What the meaning of brackets depends on. */
export interface MarkerOptions {
  /** Whether a source with this number was sent. Called when its marker is complete. */
  readonly isSource: (n: number) => boolean
  /**
   * Whether the model was instructed to write markers. Brackets of other models are more likely an index or an interval:
   * they stay where they touch the word before, as in `word[1]`, and where the sentence continues. Default false.
   */
  readonly isModelInstructed?: boolean
  /** Whether an address is that of a source, so that `[1](address)` cites it and is not another link. Default always. */
  readonly isAddressOf?: (n: number, address: string) => boolean
  /** Whether the sources contain this text; `port[1]` and `port [1]` are not markers where they do. Default never. */
  readonly isInSources?: (text: string) => boolean
}

/** The text before a bracket. */
export interface TextBefore {
  /** The sentence and the word so far, as in `ShownText`. */
  readonly sentence: string
  readonly word: string
  /** White space between them and the bracket. */
  readonly space: string
  /** Whether the bracket touches a word. */
  readonly touches: boolean
  readonly beginsLine: boolean
}

export type MarkerVerdict =
  /** Depends on more of the text after it. */
  | 'wait'
  /** Another marker may follow: the newest character begins it. */
  | 'extend'
  /**
   * `rest` is what followed and belongs to the text; empty for the address of a link that cites. Some or all numbers of a
   * citation may be of no source: the model invented them.
   */
  | {readonly isCitation: boolean; readonly rest: string}

/** Longest address after a marker, as in `[1](address)`. */
const maxAddress = 400

/** Distinguishes markers from other brackets by the text on both sides. */
export class MarkerRules {
  readonly #isSource: (n: number) => boolean
  readonly #areAsked: boolean
  readonly #isAddressOf: (n: number, address: string) => boolean
  readonly #isInSources: (text: string) => boolean

  constructor({
    isSource,
    isModelInstructed = false,
    isAddressOf = () => true,
    isInSources = () => false,
  }: MarkerOptions) {
    this.#isSource = isSource
    this.#areAsked = isModelInstructed
    this.#isAddressOf = isAddressOf
    this.#isInSources = isInSources
  }

  /**
   * Whether a marker may begin after this text.
   * @param last the character before the bracket
   */
  mayBegin({sentence, word, space, touches}: TextBefore, last: string): boolean {
    if (last === '=' || (space === '' && opensExpression.test(last))) return false
    return !touches || (this.#areAsked && !isIndexable(word, sentence))
  }

  /**
   * Whether a group is a citation.
   * @param after the text after it, up to the newest character
   */
  verdictOn(group: MarkerGroup, before: TextBefore, after: string): MarkerVerdict {
    if (opensMarker(after) && group.text.length < maxHeld) return 'extend'
    if (after.startsWith('(')) return this.#verdictOnLink(group, before, after)
    if (before.beginsLine && after === ':') return {isCitation: false, rest: after}
    if (this.#isUndecided(group, before, after)) return 'wait'
    return {isCitation: this.#isMarker(group, before, after), rest: after}
  }

  /** The same at the end of the text. An address that was cut off is not shown. */
  verdictAtEnd(group: MarkerGroup, before: TextBefore, after: string): Exclude<MarkerVerdict, string> {
    return after.startsWith('(')
      ? {isCitation: this.#mayCite(group, before), rest: ''}
      : {isCitation: this.#isMarker(group, before, after), rest: after}
  }

  #verdictOnLink(group: MarkerGroup, before: TextBefore, after: string): MarkerVerdict {
    const char = after.at(-1)
    if (char === ')') {
      const address = after.slice(1, -1)
      const cites = this.#mayCite(group, before) && group.last.some((n) => this.#isAddressOf(n, address))
      return {isCitation: cites, rest: cites ? '' : after}
    }
    // A bracket ends it too: what is held back is read again, and no part of it may be held back twice.
    if (char !== '\n' && char !== '[' && after.length <= maxAddress) return 'wait'
    return {isCitation: this.#areAsked && !before.touches && this.#mayCite(group, before), rest: after}
  }

  #isUndecided(group: MarkerGroup, {touches}: TextBefore, after: string): boolean {
    const needsClause = !this.#areAsked || !group.numbers.every(this.#isSource)
    return (
      /^\*{1,2}$/.test(after) ||
      (touches && mayContinueExpression.test(after)) ||
      (needsClause && after.length < maxHeld && mayEndClause.test(after))
    )
  }

  #isMarker(group: MarkerGroup, before: TextBefore, after: string): boolean {
    const {sentence, touches} = before
    if (isPattern(sentence, after) || (touches && continuesExpression.test(after))) return false
    const isAtEnd = endsClause.test(after) || (after.startsWith(' ') && endsSentence(sentence))
    if (!this.#areAsked && !isAtEnd) return false
    return this.#mayCite(group, before) || (isAtEnd && this.#isInvented(group, before))
  }

  /**
   * Whether a model that was told to write markers invented this one. It is lost if it was none: so it must be one number for
   * each bracket, stand apart behind words that name no list, and be nowhere in the sources.
   */
  #isInvented(group: MarkerGroup, {sentence, word, space, touches, beginsLine}: TextBefore): boolean {
    const invented = group.numbers.filter((n) => !this.#isSource(n))
    return (
      this.#areAsked &&
      invented.length > 0 &&
      !touches &&
      !beginsLine &&
      !/[,;，、–-]/.test(group.text) &&
      !isIndexable(word.replace(/[.!?:,;]+$/, ''), sentence) &&
      !this.#isInSources((nameAtEnd(word) || word.slice(-maxWord)) + space + group.text) &&
      !invented.some((n) => this.#isInSources(`[${n}]`))
    )
  }

  /** Whether all its numbers are of sources, and the sources do not contain the text themselves. */
  #mayCite({text, numbers}: MarkerGroup, {word, space}: TextBefore): boolean {
    return (
      numbers.every(this.#isSource) &&
      !this.#isInSources((nameAtEnd(word) || word.slice(-maxWord)) + space + text)
    )
  }
}

/** The name that a word ends with, which brackets behind it would index. */
function nameAtEnd(word: string): string {
  return endOf(word.slice(-maxWord), /[\p{L}\p{N}_$.]/u)
}
