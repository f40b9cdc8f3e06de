import {flat} from '../text/flat.ts'

/**
 * Takes `[n]` markers out of a streamed text and tells what they cite.
 *
 * For models and gateways that cannot cite by themselves. Knows `[1]`, `[1, 2]`, `[1][2]`, `[1-3]`, `[[1]]`,
 * `[^1]`, `[1](address)` and the full-width `【1】` and `［1］`. The text that comes out has no markers; the
 * citations say where they stood. A marker that is not whole yet is held back, so none is ever seen in part, and
 * one that points at no source is dropped and counted. Code, inline and fenced, passes untouched.
 */
export interface MarkerCitation {
  readonly n: number
  /** `[start, end)` in UTF-16 units of the text that came out: the sentence that the marker stands in or after. */
  readonly start: number
  readonly end: number
}

export interface MarkerOptions {
  /** Whether a number is that of a source that was sent. Asked when its marker is whole. */
  readonly isSource: (n: number) => boolean
  /**
   * Whether a marker may touch the word before it, as in `word[1]`. Only for models that were told to write
   * markers: for others it is likelier an index, and stays. Default false.
   */
  readonly touchingWords?: boolean
}

export interface MarkerCitations {
  /** Takes the next piece of text; returns what of it can be shown, and the citations that became certain. */
  push(text: string): {readonly text: string; readonly citations: readonly MarkerCitation[]}
  /** What is still held back at the end of the text. A marker cut in half is dropped. */
  end(): {readonly text: string; readonly citations: readonly MarkerCitation[]}
  /** Units of text that have come out. */
  readonly length: number
  /** Markers that pointed nowhere. */
  readonly dropped: number
}

/** Longest marker held back, white space before it included; what is longer is text. */
const maxHeld = 80
/** A sentence is followed so far, which bounds the memory that one without an end takes. */
const maxSentence = 4000
/** Longest address after a marker, as in `[1](address)`. */
const maxAddress = 400

const separators = '\\s*(?:[,;，、]|-|–)\\s*'
// No zero and no more than two digits: `[0]` is an index and `[404]` a status.
const numbers = `\\^?[1-9]\\d?(?:${separators}\\^?[1-9]\\d?)*`
const whole = new RegExp(
  `^(?:\\[\\[\\s*(${numbers})\\s*\\]\\]|\\[\\s*(${numbers})\\s*\\]|[【［]\\s*(${numbers})[^】］\\n]*[】］])$`,
)
/** Everything that a marker may look like before it is whole. */
const partial = new RegExp(
  `^(?:\\[|\\[{1,2}\\s*(?:\\^|(?:${numbers})?(?:${separators}\\^?|\\s*)?)\\]?|[【［]\\s*(?:(?:${numbers})[^】］\\n]*)?)$`,
)

/** Characters with which nothing can begin or end but a word: taken together, since each step costs something. */
const plainRun = /[^\s`~[\]【［】］。！？]+/y

export function markerCitations(options: MarkerOptions): MarkerCitations {
  const {isSource, touchingWords = false} = options
  let out = ''
  let citations: MarkerCitation[] = []
  let length = 0
  let dropped = 0

  /** White space that goes if a marker follows it. */
  let space = ''
  /** A marker that is not whole yet. */
  let held = ''
  /** Numbers of a whole marker whose `(address)` may follow. */
  let awaitingAddress: readonly number[] | null = null
  let address = ''

  const code = codeTracker()
  /** The sentence so far, and where it began; the one before it, for markers that stand after its full stop. */
  let sentence = ''
  let sentenceStart = 0
  let before: {readonly start: number; readonly end: number} | null = null
  let last = ''
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
      out += char
      length += char.length
      last = char
      afterMarker = false
    }
  }

  const closeSentence = (): void => {
    if (sentence.trim() !== '') before = span()
    sentence = ''
    sentenceStart = length
  }

  /** The sentence without the signs that make it a list item, a heading or a quote. */
  const span = (): {readonly start: number; readonly end: number} => {
    const prefix = /^\s*(?:(?:[-*+>]|#{1,6}|\d{1,3}[.)])\s+)*/.exec(sentence)?.[0].length ?? 0
    const start = sentenceStart + prefix
    return {start, end: Math.max(start, sentenceStart + sentence.trimEnd().length)}
  }

  const cite = (numbersCited: readonly number[]): void => {
    const current = span()
    const says = /[\p{L}\p{N}]/u.test(sentence)
    const target = current.end > current.start && says ? current : (before ?? current)
    for (const n of numbersCited) {
      const key = `${n}:${target.end}`
      if (!isSource(n)) dropped += 1
      else if (!citedHere.has(key)) {
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

  const take = (char: string): void => {
    if (awaitingAddress) {
      if (address === '' && char !== '(') {
        awaitingAddress = null
      } else {
        address += char
        if (char === ')' || char === '\n' || address.length > maxAddress) {
          awaitingAddress = null
          address = ''
        }
        return
      }
    }

    if (held !== '') {
      const candidate = held + char
      const match = whole.exec(candidate)
      // `[[1]` is whole only with its second bracket; `[1]` may yet be the inner part of nothing.
      if (match) {
        held = ''
        const numbersCited = numbersIn(match[1] ?? match[2] ?? match[3] ?? '')
        cite(numbersCited)
        awaitingAddress = numbersCited
        address = ''
        return
      }
      if (candidate.length <= maxHeld && partial.test(candidate)) {
        held = candidate
        return
      }
      release()
      take(char)
      return
    }

    if (!code.inside() && (char === '[' || char === '【' || char === '［')) {
      const touches = space === '' && !afterMarker && /[\p{L}\p{N}_)\]]/u.test(last)
      if (!touches || touchingWords || char !== '[') {
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
    const run = held === '' && awaitingAddress === null ? plainRun.exec(text)?.[0] : undefined
    const first = String.fromCodePoint(text.codePointAt(from)!)
    // Its first character may have to do with what came before: white space, a marker, the end of a sentence.
    take(first)
    const rest = run?.slice(first.length)
    if (rest === undefined || rest === '') return from + first.length
    code.seeAll(rest)
    if (sentence.length < maxSentence) sentence += rest
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

/** `1, 3-5` as 1, 3, 4, 5. */
function numbersIn(text: string): number[] {
  const found: number[] = []
  for (const [, from, to] of text.matchAll(/(\d{1,3})(?:\s*[-–]\s*\^?(\d{1,3}))?/g)) {
    const first = Number(from)
    const last = to === undefined ? first : Number(to)
    if (last < first || last - first > 20) found.push(first, last)
    else for (let n = first; n <= last; n++) found.push(n)
  }
  return found
}

const fenceLine = /^\s*(?:(?:[-*+>]|\d{1,9}[.)])\s+)*(?:`{3,}[^`]*|~{3,}.*)$/

interface CodeTracker {
  see(char: string): void
  /** Sees characters of which none is a line break, a backtick or a tilde. */
  seeAll(text: string): void
  inside(): boolean
  /** Between two pieces of text. */
  rest(): void
}

/** Follows CommonMark closely enough to know whether the next character stands in code. */
function codeTracker(): CodeTracker {
  let line = ''
  /** Whether the line has a run of marks that a fence is made of. */
  let mayBeFence = false
  let fence: {readonly char: string; readonly length: number} | null = null
  let inline = 0
  let run = 0

  const endRun = (): void => {
    if (run === 0) return
    // At the start of a line three or more open a fence, which the line's end decides.
    if (!fence && !/^\s*(?:(?:[-*+>]|\d{1,9}[.)])\s+)*`{3,}$/.test(line)) {
      if (inline === 0) inline = run
      else if (inline === run) inline = 0
    }
    run = 0
  }

  return {
    see(char) {
      if (char === '`' && !fence) {
        run += 1
        line += char
        mayBeFence ||= run >= 3
        return
      }
      endRun()
      if (char !== '\n') {
        if (line.length < 2000) line += char
        if (char === '~') mayBeFence = true
        return
      }
      if (fence) {
        const closing = /^\s*(`{3,}|~{3,})\s*$/.exec(line)?.[1]
        if (closing?.[0] === fence.char && closing.length >= fence.length) fence = null
      } else {
        const opened = /^\s*(?:(?:[-*+>]|\d{1,9}[.)])\s+)*(`{3,}|~{3,})(.*)$/.exec(line)
        if (opened?.[1] && inline === 0 && !(opened[1][0] === '`' && opened[2]?.includes('`'))) {
          fence = {char: opened[1][0] ?? '`', length: opened[1].length}
        }
      }
      // Inline code does not reach over an empty line.
      if (line.trim() === '') inline = 0
      line = ''
      mayBeFence = false
    },
    seeAll(text) {
      endRun()
      if (line.length < 2000) line += text
    },
    rest() {
      line = flat(line)
    },
    inside() {
      if (fence) return true
      // Asked before a character that is no backtick, so a run that stands open is over.
      const state = run === 0 ? inline : inline === 0 ? run : inline === run ? 0 : inline
      // The info string of a fence, too, which its line's end will open.
      return state > 0 || (mayBeFence && fenceLine.test(line))
    },
  }
}
