import {fenceInfoOf, plainInfo, wordsOfInfo} from '../fence-info.ts'
import {columnsOf} from '../flattening/container.ts'
import type {Reading} from '../flattening/reading.ts'
import {hiddenByTwoslash, isMagicComment, markedInclude, withoutMark} from './code-marks.ts'
import {directiveOptions} from './directive-options.ts'
import {liquidInCode} from './liquid-code.ts'
import {readInclude, selectorOf} from './read-include.ts'
import {shortcodesInCode} from './shortcode-values.ts'
import {partOfCode} from './sphinx-parts.ts'

/** A code block as written. */
interface SourceCode {
  readonly info: string
  readonly lines: readonly string[]
  readonly fence?: string
  /** What precedes its first line; by default the beginning of the current line. */
  readonly lead?: string
}

/** Writes a code block with its language and file name, and resolves includes in it. */
export function codeBlock(reading: Reading, {info, lines: source, fence = '```', lead}: SourceCode): void {
  const {at, write} = reading
  const read = fenceInfoOf(info)
  let {language, title} = read
  let lines = [...source]
  if (read.directive !== null) {
    const options = directiveOptions(lines.map((line) => line.trim()))
    lines = lines.slice(options.lines)
    while (lines.length > 1 && lines[0]!.trim() === '') lines.shift()
    title = options.values['caption'] ?? options.values['name'] ?? null
    if (
      /^(?:code-block|code|code-cell|sourcecode|parsed-literal|prompt|doctest|testcode|literalinclude)$/.test(
        read.directive,
      )
    ) {
      language = read.argument.split(/\s/)[0] ?? ''
      if (read.directive === 'literalinclude') {
        const part = readInclude(reading, read.argument, 'literalinclude', partOfCode(options.values))
        language = options.values['language'] ?? /\.(\w+)$/.exec(read.argument)?.[1] ?? ''
        if (part !== null) lines = part.text.replace(/\n$/, '').split('\n')
        title ??= read.argument
      }
    } else language = read.directive.replace(/^eval-rst$/, 'rst')
    reading.note(`myst:${read.directive}`, 'flattened')
  } else if (reading.context.syntax.codeTitles) title ??= wordsOfInfo(info)
  const hidden = hiddenByTwoslash(info, lines)
  const body = liquidInCode(reading, lines).flatMap((line, n) =>
    line === null || hidden.has(n)
      ? []
      : codeLine(reading, line, language).map((text) => ({text, line: at.lineBelow(n + 1)})),
  )
  // A block that is never closed has no source line for its closing fence.
  const lastLine = at.lineBelow(source.length + 1)
  write.code(
    {
      fence,
      info: plainInfo(language, title),
      body: lead === undefined ? inList(body, write.lead) : body,
      lastLine,
    },
    lead,
  )
}

/** Lines of code from elsewhere, indented as far as the list item that holds them. */
function inList<T extends {readonly text: string}>(body: readonly T[], lead: string): readonly T[] {
  if (lead.trim() !== '' || lead === '') return body
  const width = columnsOf(lead)
  const isInside = body.every(({text}) => text.trim() === '' || columnsOf(/^[ \t]*/.exec(text)![0]) >= width)
  return isInside ? body : body.map((line) => (line.text === '' ? line : {...line, text: lead + line.text}))
}

/** Resolves the includes and shortcodes that generators expand even in code. */
function codeLine(reading: Reading, line: string, language: string): string[] {
  const {context} = reading
  if (isMagicComment(line, language, context.syntax.magicComments)) return []
  const include =
    /^\s*\{\{#(?:include|rustdoc_include|playground|playpen)\s+([^}]+)\}\}\s*$/.exec(line) ??
    /^\s*-{1,}8<-{1,}\s+"([^"]+)"\s*$/.exec(line)
  const included = include === null ? markedInclude(line) : include[1]!.trim().split(/\s/)[0]!
  if (included !== null) {
    const indent = /^\s*/.exec(line)![0]
    const [file, selector] = selectorOf(included)
    const part = readInclude(reading, file, 'include', selector)
    return part === null
      ? []
      : part.text
          .replace(/\n$/, '')
          .split('\n')
          .filter((text) => !isMagicComment(text, language, context.syntax.magicComments))
          .map((text) => withoutMark(text, language))
          .filter((text) => text !== null)
          .map((text) => (text === '' ? '' : indent + text))
  }
  if (language === 'rust' && /^\s*#(?:\s|$)/.test(line) && context.syntax.hiddenRustLines) return []
  if (line.includes('{{<') || line.includes('{{%')) return [shortcodesInCode(reading, line)]
  const shown = withoutMark(line, language)
  return shown === null ? [] : [shown]
}
