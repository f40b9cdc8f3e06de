import {flat} from '../lib/flat.ts'
import {codeTracker} from './code-tracker.ts'
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
import {numbersIn, partialMarker, wholeMarker} from './marker-syntax.ts'

/**
 * Takes `[n]` markers out of a streamed text and tells what they cite.
 *
 * For models and gateways that cannot cite by themselves. Knows `[1]`, `[1, 2]`, `[1][2]`, `[1-3]`, `[[1]]`,
 * `[^1]`, `[1](address)` and the full-width `【1】` and `［1］`. The text that comes out has no markers; the
 * citations say where they stood. A marker that is not whole yet is held back, so none is ever seen in part.
 *
 * Brackets that mean something else pass untouched: numbers that are not all of sources, code, inline and fenced,
 * `argv[1]`, `rows[1].name`, `f([1, 2])`, `[1-3]*.txt`, what the sources say themselves, a link to somewhere else, a
 * definition as `[1]: address`. What they are is told from what stands on both sides, so a marker that is whole is
 * held until what follows it is known.
 */
export interface MarkerCitation {
  readonly n: number
  /** `[start, end)` in UTF-16 units of the text that came out: the sentence that the marker stands in or after. */
  readonly start: number
  readonly end: number
  /** The words of that sentence. */
  readonly claim: string
}

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

export interface MarkerCitations {
  /** Takes the next piece of text; returns what of it can be shown, and the citations that became certain. */
  push(text: string): {readonly text: string; readonly citations: readonly MarkerCitation[]}
  /** What is still held back at the end of the text. A marker cut in half is dropped. */
  end(): {readonly text: string; readonly citations: readonly MarkerCitation[]}
  /** Units of text that have come out. */
  readonly length: number
  /** Markers that were cut off by the end of the text. */
  readonly dropped: number
}

/** Longest marker held back, white space before it included; what is longer is text. */
const maxHeld = 80
/** A sentence is followed so far, which bounds the memory that one without an end takes. */
const maxSentence = 4000
/** Longest address after a marker, as in `[1](address)`. */
const maxAddress = 400

/** So much of the word before a bracket is looked at. */
const maxWord = 80

interface MarkerGroup {
  /** As it was written. */
  readonly text: string
  readonly numbers: readonly number[]
  /** Numbers of the marker at its end, which an address would belong to. */
  readonly last: readonly number[]
}

/** Characters with which nothing can begin or end but a word: taken together, since each step costs something. */
const plainRun = /[^\s`~[\]【［】］。！？]+/y

export function markerCitations(options: MarkerOptions): MarkerCitations {
  const {isSource, areAsked = false, isAddressOf = () => true, isInSources = () => false} = options
  let out = ''
  let citations: MarkerCitation[] = []
  let length = 0
  let dropped = 0

  /** White space that goes if a marker follows it. */
  let space = ''
  /** A marker that is not whole yet. */
  let held = ''
  /** Whole markers that touch each other, until what follows them tells whether they are some. */
  let group: MarkerGroup | null = null
  let ahead = ''
  /** Whether what is held touches a word, and whether it begins a line. */
  let touches = false
  let beginsLine = false

  const code = codeTracker()
  /** The sentence so far, and where it began; the one before it, for markers that stand after its full stop. */
  let sentence = ''
  let sentenceStart = 0
  let before: Omit<MarkerCitation, 'n'> | null = null
  let last = ''
  /** What has been shown since the last white space. */
  let word = ''
  let afterMarker = false
  let lost = ''
  const citedHere = new Set<string>()
  let citedEnd = -1

  const show = (text: string): void => {
    for (const char of text) {
      const isBlank = isSpace(char)
      if (char === '\n' || (isBlank ? endsSentence(sentence) : last > '\x7f' && '。！？'.includes(last)))
        closeSentence()
      if (sentence === '' && isBlank) sentenceStart = length + char.length
      else if (sentence.length < maxSentence) sentence += char
      if (isBlank) word = ''
      else goOnWord(char)
      out += char
      length += char.length
      last = char
      afterMarker = false
    }
  }

  const goOnWord = (part: string): void => {
    word += part
    if (word.length > 2 * maxWord) word = word.slice(-maxWord)
  }

  const closeSentence = (): void => {
    if (sentence.trim() !== '') before = span()
    sentence = ''
    sentenceStart = length
  }

  /** The sentence without the signs that make it a list item, a heading or a quote. */
  const span = (): Omit<MarkerCitation, 'n'> => {
    const prefix = /^\s*(?:(?:[-*+>]|#{1,6}|\d{1,3}[.)])\s+)*/.exec(sentence)?.[0].length ?? 0
    const start = sentenceStart + prefix
    const end = Math.max(start, sentenceStart + sentence.trimEnd().length)
    return {start, end, claim: sentence.slice(prefix)}
  }

  const cite = (numbersCited: readonly number[]): void => {
    const current = span()
    const says = /[\p{L}\p{N}]/u.test(sentence)
    const target = current.end > current.start && says ? current : (before ?? current)
    for (const n of numbersCited) {
      const key = `${n}:${target.end}`
      if (!citedHere.has(key)) {
        if (target.end !== citedEnd) citedHere.clear()
        citedEnd = target.end
        citedHere.add(key)
        citations.push({n, ...target})
      }
    }
    before = target
    sentence = ''
    sentenceStart = length
    // A marker between two words leaves the space that kept them apart; one at a line's start takes its own.
    lost = space
    space = ''
    word = ''
    afterMarker = true
  }

  /** What is held turned out to be text. */
  const release = (): void => {
    const text = space + held
    space = ''
    held = ''
    for (const char of text) code.see(char)
    show(text)
  }

  /** Goes over text again that was held until what stands before it was decided. */
  const takeAgain = (text: string): void => {
    for (const char of text) take(char)
  }

  const settle = (isCitation: boolean, after: string): void => {
    if (group === null) return
    const {text, numbers: cited} = group
    group = null
    ahead = ''
    if (isCitation) {
      cite(cited)
      // Stars behind a marker end emphasis, which no space may stand before.
      if (after.startsWith('*')) lost = ''
    } else {
      held = text + held
      release()
    }
    takeAgain(after)
  }

  /** Whether it names sources, and is nothing that the sources say themselves. */
  const mayCite = ({text, numbers: cited}: MarkerGroup): boolean =>
    cited.every(isSource) && !isInSources((nameAtEnd(word) || word.slice(-maxWord)) + space + text)

  /** Whether a group is a marker, by the text on both sides of it. */
  const isMarkerBefore = (markers: MarkerGroup, after: string): boolean => {
    if (isPattern(sentence, after) || (touches && expressionGoesOn.test(after))) return false
    if (!areAsked && !clauseEnds.test(after) && !(after.startsWith(' ') && endsSentence(sentence)))
      return false
    return mayCite(markers)
  }

  /** Whether more has to be seen of what follows a group. */
  const isUndecided = (after: string): boolean =>
    /^\*{1,2}$/.test(after) ||
    (touches && mayGoOn.test(after)) ||
    (!areAsked && after.length < maxHeld && mayEndClause.test(after))

  /** Looks at what follows a group; `after` ends with the newest character. */
  const takeAfter = (markers: MarkerGroup, after: string): void => {
    const char = after.at(-1)!
    const mayGrow = markers.text.length < maxHeld
    if (mayGrow && (after === '[' || after === '【' || after === '［')) held = after
    else if (after.startsWith('(')) {
      const isWhole = char === ')'
      // A bracket ends it too: what is held is gone over again, and no part of it may be held twice.
      if (!isWhole && char !== '\n' && char !== '[' && after.length <= maxAddress) ahead = after
      else if (!isWhole) settle(areAsked && !touches && mayCite(markers), after)
      else if (mayCite(markers) && markers.last.some((n) => isAddressOf(n, after.slice(1, -1))))
        settle(true, '')
      else settle(false, after)
    } else if (beginsLine && after === ':') settle(false, after)
    else if (isUndecided(after)) ahead = after
    else settle(isMarkerBefore(markers, after), after)
  }

  const takeHeld = (candidate: string, char: string): void => {
    const match = wholeMarker.exec(candidate)
    // `[[1]` is whole only with its second bracket; `[1]` may yet be the inner part of nothing.
    if (match) {
      held = ''
      const found = numbersIn(match[1] ?? match[2] ?? match[3] ?? '')
      group = {
        text: (group?.text ?? '') + candidate,
        numbers: [...(group?.numbers ?? []), ...found],
        last: found,
      }
    } else if (candidate.length <= maxHeld && partialMarker.test(candidate)) held = candidate
    // Behind markers, another bracket makes all of it an expression or a link.
    else if (group !== null) settle(false, char)
    else {
      release()
      take(char)
    }
  }

  const take = (char: string): void => {
    if (held !== '') takeHeld(held + char, char)
    else if (group !== null) takeAfter(group, ahead + char)
    else takeFree(char)
  }

  const takeFree = (char: string): void => {
    if (!code.inside() && (char === '[' || char === '【' || char === '［')) {
      touches = char === '[' && space === '' && !afterMarker && /[\p{L}\p{N}_)\]`*]/u.test(last)
      beginsLine = last === '' || last === '\n'
      const isOther =
        last === '=' ||
        (space === '' && opensExpression.test(last)) ||
        (touches && (!areAsked || isIndexable(word, sentence)))
      if (!isOther) {
        held = char
        return
      }
    }
    if (!code.inside() && (char === ' ' || char === '\t') && space.length < maxHeld) {
      const atLineStart = last === '' || last === '\n'
      if (!(afterMarker && atLineStart)) space += char
      return
    }
    if (afterMarker && space === '' && lost !== '' && /[\p{L}\p{N}\p{Ps}`*_]/u.test(char)) space = lost
    if (space !== '') release()
    code.see(char)
    show(char)
  }

  /** Takes the text at `from` up to the next character that needs a look of its own; returns where that is. */
  const takeRun = (text: string, from: number): number => {
    plainRun.lastIndex = from
    const run = held === '' && group === null ? plainRun.exec(text)?.[0] : undefined
    const first = String.fromCodePoint(text.codePointAt(from)!)
    // Its first character may have to do with what came before: white space, a marker, the end of a sentence.
    take(first)
    const rest = run?.slice(first.length)
    if (rest === undefined || rest === '') return from + first.length
    code.seeAll(rest)
    if (sentence.length < maxSentence) sentence += rest
    goOnWord(rest)
    out += rest
    length += rest.length
    const tail = rest.slice(-2)
    last = tail.codePointAt(0)! > 0xffff ? tail : rest.slice(-1)
    return from + first.length + rest.length
  }

  const taken = (): {text: string; citations: readonly MarkerCitation[]} => {
    const result = {text: out, citations}
    out = ''
    citations = []
    return result
  }

  return {
    push(text) {
      for (let at = 0; at < text.length; ) at = takeRun(text, at)
      sentence = flat(sentence)
      code.rest()
      return taken()
    },
    end() {
      if (held !== '' && /\d/.test(held)) {
        held = ''
        dropped += 1
      }
      // Of an address that was cut off nothing is shown.
      if (group !== null) {
        const isLink = ahead.startsWith('(')
        settle(isLink ? mayCite(group) : isMarkerBefore(group, ahead), isLink ? '' : ahead)
      }
      release()
      return taken()
    },
    get length() {
      return length
    },
    get dropped() {
      return dropped
    },
  }
}

/** Run for each character of every answer; nearly all are ASCII, for which no expression need be asked. */
function isSpace(char: string): boolean {
  if (char > '\x7f') return /\s/.test(char)
  return char === ' ' || (char >= '\t' && char <= '\r')
}

function endsSentence(text: string): boolean {
  let at = text.length - 1
  while (at >= 0 && `"')]»”*_`.includes(text[at] ?? ' ')) at -= 1
  return at >= 0 && '.!?:。！？'.includes(text[at] ?? ' ')
}

/** The name that a word ends with: what brackets behind it would take an element of. */
function nameAtEnd(word: string): string {
  return endOf(word.slice(-maxWord), /[\p{L}\p{N}_$.]/u)
}
