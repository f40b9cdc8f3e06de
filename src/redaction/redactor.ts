import {findCards} from './cards.ts'
import {findCookies} from './cookies.ts'
import {type EditedText, edited, type Replacement, unedited} from './edited-text.ts'
import {findEmails} from './emails.ts'
import {folded} from './folded-text.ts'
import {findHeaders} from './headers.ts'
import {findKeys} from './keys.ts'
import {findNamedValues} from './named-values.ts'
import {checkedPatterns, type OwnPattern, patternsText} from './own-patterns.ts'
import {findPasswords, findTokensInAddresses} from './passwords.ts'
import {findPhones} from './phones.ts'
import {type Find, type RedactionKind, redactionKinds, type Span} from './spans.ts'

export interface RedactorOptions {
  /** What is looked for; default: all of `redactionKinds`. */
  readonly kinds?: readonly RedactionKind[]
  /** Looked for as well, before the kinds. */
  readonly patterns?: readonly OwnPattern[]
}

/** The options of a redactor as data, for another process. */
export interface RedactorRecipe {
  readonly kinds: readonly RedactionKind[]
  /** As `checkedPatterns` reads them. */
  readonly patterns: string
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
  /** As `redact`, with where each replacement was in the text. */
  edit(text: string): EditedText
  /** By which `redactorFrom` makes the same one, without what `alsoFoundIn` has added. */
  readonly recipe: RedactorRecipe
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

  function edit(text: string, values: readonly Value[], onFound: (kind: string) => void): EditedText {
    let result = unedited(text)
    const replace = (spans: readonly FoundSpan[]) => {
      for (const {kind} of spans) onFound(kind)
      result = edited(result, spans.map(replacementOf))
    }
    for (const {value, kind} of values) replace(placesOf(value, result.text).map((span) => ({...span, kind})))
    for (let pass = 0; pass < maxPasses; pass++) {
      const spans = spansIn(result.text)
      if (spans.length === 0) break
      replace(spans)
    }
    return result
  }

  function redact(text: string, values: readonly Value[]): Redacted {
    const counts = new Map<string, number>()
    const {text: result} = edit(text, values, (kind) => counts.set(kind, (counts.get(kind) ?? 0) + 1))
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

  const recipe = {kinds, patterns: patternsText(patterns)}

  function withValues(values: readonly Value[]): Redactor {
    const redactor: Redactor = {
      redact: (text) => redact(text, values),
      edit: (text) => edit(text, values, () => {}),
      recipe,
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

/** A redactor by its recipe. @throws Error for patterns that `checkedPatterns` does not read. */
export function redactorFrom({kinds, patterns}: RedactorRecipe): Redactor {
  return createRedactor({kinds, patterns: checkedPatterns(patterns)})
}

/** Leaves every text as it is. */
export const noRedactor: Redactor = {
  redact: (text) => ({text, found: {}}),
  edit: unedited,
  recipe: {kinds: [], patterns: ''},
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

function placesOf(value: string, text: string): Span[] {
  const places: Span[] = []
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length))
    places.push({start: at, end: at + value.length})
  return places
}

function replacementOf({start, end, kind}: FoundSpan): Replacement {
  return {start, end, text: `[${kind}]`}
}
