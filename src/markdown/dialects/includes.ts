import {plainInfo} from '../fence-info.ts'
import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {splitFrontMatter} from '../front-matter.ts'
import {codeBlock} from './code-block.ts'
import {readInclude, selectorOf} from './read-include.ts'

/** Included files: mdBook, VitePress, MkDocs snippets, DocFX, FastAPI. */
export const includes: Dialect = {
  name: 'includes',
  lines: [
    {starts: '<', read: readVitepressCode},
    {starts: '-;', read: readSnippet},
    {starts: '{', read: readBraces},
    {starts: '[', read: readDocfx},
  ],
  text: [{starts: '[', read: readDocfxInline}],
}

/** VitePress: `<<< ./code.js#region {2} [Title]`. */
function readVitepressCode(reading: Reading, {text, end}: Line): boolean {
  const {at} = reading
  const code = /^<<<[ \t]+(\S+?)(?:[ \t]*(\{[^}]*\}))?[ \t]*(?:\[([^\]]*)\])?[ \t]*$/.exec(text)
  if (!code) return false
  const [file, region] = code[1]!.split('#')
  codeInclude(reading, file!, {region: region ?? null, title: code[3] ?? null})
  return at.nextLine(end)
}

/** MkDocs: `--8<-- "file.md"`, and a block of file names between two `--8<--`. */
function readSnippet(reading: Reading, {text, end}: Line): boolean {
  const {at} = reading
  const snippet = /^[-;]*-{1,2}8<-{1,2}[ \t]+["']([^"']+)["'][ \t]*$/.exec(text)
  if (snippet) {
    if (!text.startsWith(';')) include(reading, snippet[1]!, 'snippet')
    return at.nextLine(end)
  }
  if (!/^-{1,2}8<-{1,2}[ \t]*$/.test(text)) return false
  const block = fileNames(reading, end + 1)
  if (!block) return false
  for (const name of block.names) include(reading, name, 'snippet')
  return at.nextLine(block.end)
}

/** The file names up to the closing mark, one on each line; null if anything else comes first. */
function fileNames(
  {at}: Reading,
  from: number,
): {readonly names: readonly string[]; readonly end: number} | null {
  const names: string[] = []
  for (let p = from; p < at.text.length; p = at.lineEnd(p) + 1) {
    const end = at.lineEnd(p)
    const name = at.text.slice(p, end).trim()
    if (/^-{1,2}8<-{1,2}$/.test(name)) return {names, end}
    if (/\s/.test(name)) return null
    if (name !== '' && !name.startsWith(';')) names.push(name)
  }
  return null
}

/** mdBook: `{{#include file.md:part}}`. FastAPI: `{* code.py *}`. */
function readBraces(reading: Reading, {text, end}: Line): boolean {
  const {at} = reading
  const file = /^\{\{#(?:include|rustdoc_include|playground|playpen)[ \t]+([^}]+)\}\}[ \t]*$/.exec(text)?.[1]
  const code = /^\{\*[ \t]+(\S+)[^*]*\*\}[ \t]*$/.exec(text)?.[1]
  if (file !== undefined) include(reading, file.trim().split(/\s/)[0]!, 'include')
  else if (code !== undefined) codeInclude(reading, code)
  else if (!/^\{\{#title[ \t]+[^}]*\}\}[ \t]*$/.test(text)) return false
  return at.nextLine(end)
}

/** DocFX: `[!INCLUDE [name](file.md)]`, `[!code-js[name](file.js)]`. */
function readDocfx(reading: Reading, {text, end}: Line): boolean {
  const {at} = reading
  const file = /^\[!INCLUDE[ \t]*\[[^\]]*\]\(([^)]+)\)\][ \t]*$/i.exec(text)?.[1]
  const code = /^\[!code-?([\w-]*)[ \t]*\[[^\]]*\]\(([^)]+)\)\][ \t]*$/i.exec(text)
  if (file !== undefined) includeWhole(reading, file.trim(), 'include')
  else if (code) codeInclude(reading, code[2]!.replace(/\?.*$/, ''), {language: code[1] || null})
  else return false
  return at.nextLine(end)
}

function readDocfxInline(reading: Reading): boolean {
  const {at, write} = reading
  if (write.isRaw || !at.text.startsWith('[!', at.p)) return false
  const match = /^\[!INCLUDE[ \t]*\[([^\]]*)\]\(([^)\n]+)\)\]/i.exec(at.text.slice(at.p, at.p + 1000))
  if (!match) return false
  at.advance(at.p + match[0].length)
  includeInLine(reading, match[2]!.trim(), 'include')
  return true
}

/** Includes a file as words of the current line. */
export function includeInLine(
  reading: Reading,
  spec: string,
  construct: string,
  folders?: readonly string[],
): void {
  const part = readInclude(reading, spec, construct, null, folders)
  if (part) reading.write.put(reading.inline(splitFrontMatter(part.text, part.path).body, false))
}

/** Includes a file, or the part of it that its path selects; false if it cannot be included. */
export function include(reading: Reading, spec: string, construct: string): boolean {
  const [file, selector] = selectorOf(spec)
  return includePart(reading, file, construct, selector)
}

/** Includes a whole file; its path selects no part. */
export function includeWhole(
  reading: Reading,
  spec: string,
  construct: string,
  folders?: readonly string[],
): boolean {
  return includePart(reading, spec, construct, null, folders)
}

function includePart(
  reading: Reading,
  spec: string,
  construct: string,
  selector: string | null,
  folders?: readonly string[],
): boolean {
  const part = readInclude(reading, spec, construct, selector, folders)
  if (!part) {
    reading.write.dropMarker()
    return false
  }
  if (/\.(?:mdx?|markdown|html?|txt)$/i.test(part.path))
    reading.nested(splitFrontMatter(part.text, part.path).body, part.path)
  else {
    const lines = part.text.replace(/\n$/, '').split('\n')
    codeBlock(reading, {info: /\.(\w+)$/.exec(part.path)?.[1] ?? '', lines})
  }
  return true
}

/** Includes a file as a code block. `region` is the part of it that is shown, if its path names none; its language is by default that of its name. */
export function codeInclude(
  reading: Reading,
  file: string,
  {
    region = null,
    title = null,
    language = null,
  }: {
    readonly region?: string | null
    readonly title?: string | null
    readonly language?: string | null
  } = {},
): void {
  const [name, selector] = selectorOf(file)
  const part = readInclude(reading, name, 'code-include', region ?? selector)
  if (!part) return
  const info = plainInfo(language?.toLowerCase() ?? /\.(\w+)$/.exec(name)?.[1] ?? '', title)
  codeBlock(reading, {info, lines: part.text.replace(/\n$/, '').split('\n')})
}
