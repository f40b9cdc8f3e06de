import {findCards} from './cards.ts'
import {findCookies} from './cookies.ts'
import {findEmails} from './emails.ts'
import {folded} from './folded-text.ts'
import {findHeaders} from './headers.ts'
import {findKeys} from './keys.ts'
import {findNamedValues} from './named-values.ts'
import type {OwnPattern} from './own-patterns.ts'
import {findPasswords, findTokensInAddresses} from './passwords.ts'
import {findPhones} from './phones.ts'
import {type Find, type RedactionKind, redactionKinds, type Span} from './spans.ts'

export interface RedactorOptions {
  /** What is looked for; default: all of `redactionKinds`. */
  readonly kinds?: readonly RedactionKind[]
  /** Looked for as well, before the kinds. */
  readonly patterns?: readonly OwnPattern[]
}

export interface Redacted {
  readonly text: string
  /** How many were replaced, by kind or by the name of a pattern; empty where the text is unchanged. */
  readonly found: Readonly<Record<string, number>>
}

/** Replaces what is private in a text by markers such as `[email]`. It keeps nothing of any text. */
export interface Redactor {
  /** Redacting the result again changes nothing. */
  redact(text: string): Redacted
  /**
   * For texts that others make of these: replaces what was found in these as well, wherever it stands. A password is known
   * by the word before it, and a search that is made of the question may leave the word out.
   */
  alsoFoundIn(texts: readonly string[]): Redactor
}

const finders: Readonly<Record<RedactionKind, Find>> = {
  key: (text) => [
    ...findKeys(text),
    ...findHeaders(text),
    ...findCookies(text),
    ...findTokensInAddresses(text),
    ...findNamedValues(text, 'key'),
  ],
  password: findPasswords,
  email: findEmails,
  card: findCards,
  phone: findPhones,
}

interface FoundSpan extends Span {
  readonly kind: string
}

/** What is found next to something else is found once that has been replaced. */
const maxPasses = 5
/** Shorter values are words that any text may have. */
const minValueLength = 6
const maxValues = 200

export function createRedactor({kinds = redactionKinds, patterns = []}: RedactorOptions = {}): Redactor {
  const searches: readonly {readonly kind: string; readonly find: Find}[] = [
    ...patterns.map(({name, find}) => ({kind: name, find})),
    ...redactionKinds.filter((kind) => kinds.includes(kind)).map((kind) => ({kind, find: finders[kind]})),
  ]
  if (searches.length === 0) return noRedactor
  const names = [...new Set([...redactionKinds, ...patterns.map(({name}) => name)])]
  const marker = new RegExp(`\\[(?:${names.join('|')})\\]`, 'g')

  function spansIn(text: string): FoundSpan[] {
    const {text: plain, startOf, endOf} = folded(text)
    const markers = [...plain.matchAll(marker)].map(({0: found, index}) => ({
      start: index,
      end: index + found.length,
    }))
    const found = searches.flatMap(({kind, find}) => find(plain).map((span) => ({...span, kind})))
    return withoutOverlaps(markers, found).map(({start, end, kind}) => ({
      kind,
      start: startOf(start),
      // Of its last character: what is unseen behind that stays.
      end: endOf(end - 1),
    }))
  }

  function redact(text: string, values: readonly Value[]): Redacted {
    const counts = new Map<string, number>()
    const count = (kind: string, times = 1) => counts.set(kind, (counts.get(kind) ?? 0) + times)
    let result = text
    for (const {value, kind} of values) {
      const pieces = result.split(value)
      if (pieces.length === 1) continue
      count(kind, pieces.length - 1)
      result = pieces.join(`[${kind}]`)
    }
    for (let pass = 0; pass < maxPasses; pass++) {
      const spans = spansIn(result)
      if (spans.length === 0) break
      for (const {kind} of spans) count(kind)
      result = replaced(result, spans)
    }
    return {text: result, found: Object.fromEntries(counts)}
  }

  function valuesIn(texts: readonly string[]): Value[] {
    const kindOf = new Map<string, string>()
    for (const text of texts) {
      for (const {start, end, kind} of spansIn(text)) {
        const value = text.slice(start, end)
        if (value.length >= minValueLength && kindOf.size < maxValues) kindOf.set(value, kind)
      }
    }
    const values = [...kindOf].map(([value, kind]) => ({value, kind}))
    return values.sort((a, b) => b.value.length - a.value.length)
  }

  function withValues(values: readonly Value[]): Redactor {
    const redactor: Redactor = {
      redact: (text) => redact(text, values),
      alsoFoundIn(texts) {
        const more = valuesIn(texts)
        return more.length === 0 ? redactor : withValues([...values, ...more])
      },
    }
    return redactor
  }
  return withValues([])
}

interface Value {
  readonly value: string
  readonly kind: string
}

/** Leaves every text as it is. */
export const noRedactor: Redactor = {
  redact: (text) => ({text, found: {}}),
  alsoFoundIn: () => noRedactor,
}

/** In order, none over another or over a marker: the one that begins first stays, then the one that was found first. */
function withoutOverlaps(markers: readonly Span[], found: readonly FoundSpan[]): FoundSpan[] {
  const kept: FoundSpan[] = []
  let end = 0
  let next = 0
  for (const span of [...found].sort((a, b) => a.start - b.start)) {
    while (next < markers.length && markers[next]!.end <= span.start) next += 1
    const touchesMarker = next < markers.length && markers[next]!.start < span.end
    if (span.start < end || touchesMarker || span.end <= span.start) continue
    kept.push(span)
    end = span.end
  }
  return kept
}

function replaced(text: string, spans: readonly FoundSpan[]): string {
  let result = ''
  let from = 0
  for (const {start, end, kind} of spans) {
    result += `${text.slice(from, start)}[${kind}]`
    from = end
  }
  return result + text.slice(from)
}
