import {plainInfo} from '../fence-info.ts'
import {columnsOf} from '../flattening/container.ts'
import type {Reading} from '../flattening/reading.ts'
import {splitFrontMatter} from '../front-matter.ts'
import type {Part} from '../includes.ts'
import {codeBlock} from './code-block.ts'
import {readInclude, selectorOf} from './read-include.ts'

/** Includes a file, or the part of it that its path selects, as words of the current line. */
export function includeInLine(
  reading: Reading,
  spec: string,
  construct: string,
  folders?: readonly string[],
): void {
  const [file, selector] = selectorOf(spec)
  const part = readInclude(reading, file, construct, selector, folders)
  if (part) reading.write.put(reading.inline(splitFrontMatter(part.text, part.path).body, false))
}

/** Includes a file, or the part of it that its path selects; false if it cannot be included. */
export function include(reading: Reading, spec: string, construct: string): boolean {
  const [file, selector] = selectorOf(spec)
  return includePart(reading, file, construct, selector)
}

/** Includes a whole file, or a part of it that its path does not select. */
export function includeWhole(
  reading: Reading,
  spec: string,
  construct: string,
  folders?: readonly string[],
  part: Part | null = null,
): boolean {
  return includePart(reading, spec, construct, part, folders)
}

function includePart(
  reading: Reading,
  spec: string,
  construct: string,
  selector: string | Part | null,
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
    const info = /\.(\w+)$/.exec(part.path)?.[1] ?? ''
    codeBlock(reading, {info, lines: codeLines(reading, part.text)})
  }
  return true
}

/** Includes a file as a code block. `region` is the part of it that is shown, if its path names none; its language is by default that of its name. */
export function codeInclude(
  reading: Reading,
  file: string,
  {
    region = null,
    part = null,
    title = null,
    language = null,
  }: {
    readonly region?: string | null
    /** Instead of a region. */
    readonly part?: Part | null
    readonly title?: string | null
    readonly language?: string | null
  } = {},
): void {
  const [name, selector] = selectorOf(file)
  const included = readInclude(reading, name, 'code-include', part ?? region ?? selector)
  if (!included) return
  const info = plainInfo(language?.toLowerCase() ?? /\.(\w+)$/.exec(name)?.[1] ?? '', title)
  codeBlock(reading, {info, lines: codeLines(reading, included.text)})
}

/** The lines of a file, indented as the list item that they are written in. */
function codeLines({write}: Reading, text: string): string[] {
  const indent = write.lead.includes('>') ? '' : ' '.repeat(columnsOf(write.lead))
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
}
