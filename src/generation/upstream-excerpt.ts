import {cleanLine} from '../lib/clean-text.ts'
import {headOf, shortened} from '../lib/cut.ts'
import {createRedactor} from '../redaction/index.ts'
import {withoutVisitorQuotes} from './visitor-quotes.ts'

export interface ExcerptOptions {
  /** Removed, in case the server echoes them. */
  readonly secrets: readonly string[]
  /** What the visitor wrote: not quoted either. */
  readonly visitorWords?: readonly string[]
}

/** Longest excerpt in UTF-16 units. */
const maxExcerpt = 300
/** How much of a body is looked at: tags, and secrets that an excerpt must not be cut in. */
const maxRead = 8_000
const maxCleaned = 2_000

const redactor = createRedactor()

/**
 * What a server said, for the operator: the message of an error, or the beginning of a page without its tags. One line of at
 * most 300 UTF-16 units, without control characters, keys, addresses of people, or words of the visitor.
 *
 * @param said a body: text, or parsed JSON
 */
export function excerptOf(said: unknown, {secrets, visitorWords = []}: ExcerptOptions): string {
  let text = cleanLine(withoutTags(headOf(messageIn(said), maxRead)))
    .replace(/\s+/g, ' ')
    .trim()
  for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '…')
  text = redactor.redact(headOf(text, maxCleaned)).text.replace(/\b(?:sk-[\w-]{6,}|Bearer\s+\S+)/gi, '…')
  return shortened(withoutVisitorQuotes(text, visitorWords), maxExcerpt)
}

/**
 * The message of an error as servers write it; of an answer the names of its fields, since its words do not belong in a log;
 * else everything.
 */
function messageIn(said: unknown): string {
  const body = typeof said === 'string' ? parsedObject(said) : said
  if (typeof body !== 'object' || body === null) return typeof said === 'string' ? said : ''
  const {error, message, detail, content, choices} = body as Readonly<Record<string, unknown>>
  const inner = typeof error === 'object' && error !== null ? (error as {message?: unknown}).message : error
  const found = [inner, message, detail].find((one) => typeof one === 'string' && one.trim() !== '')
  if (typeof found === 'string') return found
  const isAnswer = Array.isArray(content) || Array.isArray(choices)
  return isAnswer ? `{${Object.keys(body).join(', ')}}` : JSON.stringify(body)
}

function parsedObject(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function withoutTags(text: string): string {
  if (!/^\s*(?:\ufeff)?</.test(text)) return text
  return text.replace(/<(script|style)\b[^<>]*>[^<]*(?:<\/\1>)?/gi, ' ').replace(/<!--[^>]*>|<[^<>]*>/g, ' ')
}
