import {anyFragment} from '../any-fragment.ts'
import type {Reading} from '../flattening/reading.ts'
import {includeCandidates, includedPart, type Part} from '../includes.ts'
import {withheldReason} from '../withheld.ts'

/** Folders that the paths of includes may leave out. */
export const includeFolders: readonly string[] = [
  'includes',
  '_includes',
  'partials',
  '_partials',
  'snippets',
  '_snippets',
]

/** Places where a file is looked for. */
const maxCandidates = 100

/** The text of an included file. */
export interface IncludedText {
  readonly text: string
  readonly path: string
}

/** Reads the file that an include names, or the selected part of it; null, with a diagnostic, if it cannot be included. */
export function readInclude(
  reading: Reading,
  spec: string,
  construct: string,
  selector: string | Part | null = null,
  folders: readonly string[] = includeFolders,
): IncludedText | null {
  const {at, context} = reading
  const roots = context.site.contentRoots
  const candidates = includeCandidates(spec, reading.path, [
    ...context.site.includeFolders,
    ...roots,
    ...folders,
    ...roots.flatMap((root) => folders.map((folder) => `${root}/${folder}`)),
  ])
  if (candidates.length === 0) {
    reading.note(construct, 'dropped', spec)
    if (!isCode.test(spec)) context.fragments.add(anyFragment)
    context.report(
      'include-outside',
      'warning',
      at.line,
      `the file ${spec}, which the page includes, lies outside the project`,
      'Its text is missing here. Ingest the project that holds it.',
    )
    return null
  }
  let withheld: string | null = null
  let isCircular = false
  for (const candidate of candidates.slice(0, maxCandidates)) {
    const reason = withheldReason(context.site.contentPathOf(candidate))
    if (reason !== null) {
      withheld ??= reason
      continue
    }
    context.includes.add(candidate)
    const text = context.readInclude(candidate)
    if (text === null) continue
    if (
      context.stack.includes(candidate) ||
      context.stack.length > 8 ||
      context.included.left < text.length
    ) {
      // Another file may have the same name, as the shared text of a page.
      isCircular = true
      continue
    }
    const whole = text.replace(/\r\n?/g, '\n').replace(/^\ufeff/, '')
    const part = typeof selector === 'function' ? selector(whole) : includedPart(whole, selector)
    if (part === null) return missingPart(reading, spec, construct, selector)
    context.included.spend(text.length)
    reading.note(construct, 'flattened', spec)
    return {text: part, path: candidate}
  }
  if (isCircular) {
    context.report(
      'include-circular',
      'warning',
      at.line,
      `the include ${spec} is circular, nested too deeply or too long`,
      'It is left out.',
    )
    return null
  }
  reading.note(construct, 'dropped', spec)
  if (!isCode.test(spec)) context.fragments.add(anyFragment)
  if (withheld !== null) {
    context.report(
      'include-refused',
      'warning',
      at.line,
      `the include ${spec} is withheld: ${withheld}`,
      'Copy what readers may see into a file with another name.',
    )
    return null
  }
  context.report(
    'include-missing',
    'warning',
    at.line,
    `the file ${spec}, which the page includes, is not in the project`,
    'Its text is missing here. Ingest the project that holds it, or make it before the ingest.',
  )
  return null
}

function missingPart(
  reading: Reading,
  spec: string,
  construct: string,
  selector: string | Part | null,
): null {
  const {at, context} = reading
  reading.note(construct, 'dropped', spec)
  context.report(
    'include-missing',
    'warning',
    at.line,
    `the file ${spec} has no part ${typeof selector === 'string' ? selector : 'as this one'}, which the page includes`,
    'Its text is missing here. Name a part that the file has.',
  )
  return null
}

/** A file without headings. */
const isCode = /\.(?!mdx?$|markdown$|html?$|txt$)[a-z\d]+$/i

/** Splits `file.rs:2:10`, `file.rs:anchor` or `file.md#region` into the file and the selected part. */
export function selectorOf(spec: string): [string, string | null] {
  const match = /^([^:#]+\.\w+)[:#](.+)$/.exec(spec)
  return match ? [match[1]!, match[2]!] : [spec, null]
}
