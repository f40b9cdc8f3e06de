import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {splitFrontMatter} from '../front-matter.ts'
import {destinationOf} from './markdown-text.ts'
import {readInclude} from './read-include.ts'
import {partOfNote} from './wiki-parts.ts'

/** The fragment of a heading, or of a block’s id that begins with `^`. */
export type FragmentRule = (part: string) => string

/**
 * Obsidian’s constructs, which Quartz has too: `[[links]]`, `![[embeds]]`, `%%comments%%`, `==marks==`, `^block-ids`. A
 * link names a heading as it is written, and `fragmentOf` makes its fragment.
 */
export function wikiLinks(fragmentOf: FragmentRule): Dialect {
  return {
    name: 'wiki-links',
    text: [
      {starts: '[', read: (reading) => readLink(reading, fragmentOf)},
      {starts: '!', read: readEmbed},
      {starts: '%', read: readComment},
      {starts: '=', read: readMark},
      {starts: '^', read: (reading) => readBlockId(reading, fragmentOf)},
    ],
  }
}

interface WikiTarget {
  readonly note: string
  /** After the first `#`; empty if there is none. */
  readonly part: string
  /** After the bar; null if there is none. */
  readonly words: string | null
  readonly length: number
}

/** What is between the brackets; a bar may be escaped, as it has to be in a table. */
function targetAt({at}: Reading, offset: number): WikiTarget | null {
  const found = /^\[\[([^[\]\n|]*?)(?:\\?\|([^\n]*?))?\]\]/.exec(at.text.slice(offset, offset + 1000))
  if (!found || (found[1] === '' && !found[2])) return null
  const [note, ...parts] = found[1]!.replace(/\\$/, '').split('#')
  return {
    note: note!.trim(),
    part: parts.join('#').trim(),
    words: found[2]?.trim() || null,
    length: found[0].length,
  }
}

function readLink(reading: Reading, fragmentOf: FragmentRule): boolean {
  const {at, write} = reading
  if (write.isRaw || at.text[at.p + 1] !== '[') return false
  const target = targetAt(reading, at.p)
  if (!target) return false
  const {note, part, words} = target
  const heading = part.replace(/^\^.*$/, '').replaceAll('#', ' > ')
  const shown = words ?? [note, heading].filter((text) => text !== '').join(' > ')
  // A heading's marks are no part of its anchor.
  const fragment = part === '' ? '' : `#${fragmentOf(part.split('#').at(-1)!.replace(/[`*_]/g, ''))}`
  reading.note('wiki:link', 'flattened')
  at.advance(at.p + target.length)
  const text = words === null ? shown.replace(/[\\[\]*_`]/g, '\\$&') : reading.inline(shown, false)
  write.put(text === '' ? '' : `[${text}](${destinationOf(encodeURI(note + fragment))})`)
  return true
}

/** A note or a part of one is taken in; an image, a drawing or a recording shows no words. */
function readEmbed(reading: Reading): boolean {
  const {at, write} = reading
  if (write.isRaw || !at.text.startsWith('![[', at.p)) return false
  const target = targetAt(reading, at.p + 1)
  if (!target) return false
  const {note, part} = target
  const start = at.p
  at.advance(start + 1 + target.length)
  if (/\.[a-z\d]{2,6}$/i.test(note) && !/\.md$/i.test(note)) {
    reading.note('wiki:embed', 'dropped')
    return true
  }
  const isOwn = note === '' || reading.path.endsWith(`/${note}.md`) || reading.path === `${note}.md`
  if (isOwn) {
    // It is on the page already.
    reading.note('wiki:embed', 'dropped')
    return true
  }
  const file = /\.md$/i.test(note) ? note : `${note}.md`
  const included = readInclude(reading, file, 'wiki:embed')
  if (!included) return true
  const {body} = splitFrontMatter(included.text, included.path)
  const text = partOfNote(body, part)
  if (write.isOneLine || write.hasContent) write.put(reading.inline(text, false))
  else reading.nested(text, included.path)
  return true
}

function readComment(reading: Reading): boolean {
  const {at, write} = reading
  if (write.isRaw || !at.text.startsWith('%%', at.p)) return false
  const end = at.ahead.next('%%', at.p + 2)
  if (end < 0 || (reading.isInline && at.text.slice(at.p, end).includes('\n'))) return false
  reading.note('comment', 'dropped')
  const isFirst = !write.hasContent
  at.advance(end + 2)
  if (isFirst && at.text.slice(at.p, at.lineEnd()).trim() === '') write.leaveNoLine()
  return true
}

function readMark({at, write}: Reading): boolean {
  if (write.isRaw) return false
  const found = /^==(?=[^\s=])([^\n]{0,1000}?[^\s=])==(?!=)/.exec(at.text.slice(at.p, at.p + 1100))
  const isEnd = !found && at.text.startsWith('==', at.p) && /[^\s=]/.test(write.lastCharacter)
  const after = at.text[at.p + 2] ?? ''
  if (!found && !(isEnd && !/[\w=]/.test(after))) return false
  // The words between the marks are read as any others.
  at.skip(2)
  return true
}

/** An id at the end of a paragraph or a list item, or alone on its line after a table or a quote. */
function readBlockId({at, write, context}: Reading, fragmentOf: FragmentRule): boolean {
  const found = /^\^([A-Za-z\d-]+)[ \t]*(?=\n|$)/.exec(at.text.slice(at.p, at.p + 200))
  if (!found || (write.hasContent && !/[ \t]/.test(write.lastCharacter))) return false
  context.fragments.add(fragmentOf(`^${found[1]!}`))
  at.skip(found[0].length)
  if (!write.hasContent) write.leaveNoLine()
  return true
}
