import {
  clauseEnds,
  endOf,
  expressionGoesOn,
  isIndexable,
  isPattern,
  mayEndClause,
  mayGoOn,
  opensExpression,
} from './index-expression.ts'
import {type MarkerGroup, maxHeld, opensMarker} from './marker-reader.ts'
import {endsSentence, maxWord} from './shown-text.ts'

/** What brackets mean depends on these. */
export interface MarkerOptions {
  /** Whether a number is that of a source that was sent. Asked when its marker is whole. */
  readonly isSource: (n: number) => boolean
  /**
   * Whether the model was told to write markers. Of others brackets are likelier an index or an interval: they stay
   * where they touch the word before them, as in `word[1]`, and where the sentence goes on behind them. Default false.
   */
  readonly areAsked?: boolean
  /** Whether an address is that of a source, so that `[1](address)` cites it and is no other link. Default always. */
  readonly isAddressOf?: (n: number, address: string) => boolean
  /** Whether the sources say these words; `port[1]` and `port [1]` are no markers where they do. Default never. */
  readonly isInSources?: (words: string) => boolean
}

/** What stands before a bracket. */
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
  /** More has to be seen of what follows. */
  | 'wait'
  /** A further marker may follow: the newest character begins it. */
  | 'grow'
  /** @param rest what followed and belongs to the text; empty for the address of a link that cites. */
  | {readonly isCitation: boolean; readonly rest: string}

/** Longest address after a marker, as in `[1](address)`. */
const maxAddress = 400

/** Tells markers from brackets that mean something else, by what stands on both sides of them. */
export class MarkerRules {
  readonly #isSource: (n: number) => boolean
  readonly #areAsked: boolean
  readonly #isAddressOf: (n: number, address: string) => boolean
  readonly #isInSources: (words: string) => boolean

  constructor({
    isSource,
    areAsked = false,
    isAddressOf = () => true,
    isInSources = () => false,
  }: MarkerOptions) {
    this.#isSource = isSource
    this.#areAsked = areAsked
    this.#isAddressOf = isAddressOf
    this.#isInSources = isInSources
  }

  /** Whether a marker may begin behind this; @param last the character before the bracket. */
  mayBegin({sentence, word, space, touches}: TextBefore, last: string): boolean {
    if (last === '=' || (space === '' && opensExpression.test(last))) return false
    return !touches || (this.#areAsked && !isIndexable(word, sentence))
  }

  /** What a group is; `after` is what has come behind it, and ends with the newest character. */
  verdictOn(group: MarkerGroup, before: TextBefore, after: string): MarkerVerdict {
    if (opensMarker(after) && group.text.length < maxHeld) return 'grow'
    if (after.startsWith('(')) return this.#verdictOnLink(group, before, after)
    if (before.beginsLine && after === ':') return {isCitation: false, rest: after}
    if (this.#isUndecided(before, after)) return 'wait'
    return {isCitation: this.#isMarker(group, before, after), rest: after}
  }

  /** The same where the text ends. Of an address that was cut off nothing is shown. */
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
    // A bracket ends it too: what is held is gone over again, and no part of it may be held twice.
    if (char !== '\n' && char !== '[' && after.length <= maxAddress) return 'wait'
    return {isCitation: this.#areAsked && !before.touches && this.#mayCite(group, before), rest: after}
  }

  #isUndecided({touches}: TextBefore, after: string): boolean {
    return (
      /^\*{1,2}$/.test(after) ||
      (touches && mayGoOn.test(after)) ||
      (!this.#areAsked && after.length < maxHeld && mayEndClause.test(after))
    )
  }

  #isMarker(group: MarkerGroup, before: TextBefore, after: string): boolean {
    const {sentence, touches} = before
    if (isPattern(sentence, after) || (touches && expressionGoesOn.test(after))) return false
    if (!this.#areAsked && !clauseEnds.test(after) && !(after.startsWith(' ') && endsSentence(sentence)))
      return false
    return this.#mayCite(group, before)
  }

  /** Whether it names sources, and is nothing that the sources say themselves. */
  #mayCite({text, numbers}: MarkerGroup, {word, space}: TextBefore): boolean {
    return (
      numbers.every(this.#isSource) &&
      !this.#isInSources((nameAtEnd(word) || word.slice(-maxWord)) + space + text)
    )
  }
}

/** The name that a word ends with: what brackets behind it would take an element of. */
function nameAtEnd(word: string): string {
  return endOf(word.slice(-maxWord), /[\p{L}\p{N}_$.]/u)
}
