import {fenceInfoOf, plainInfo} from '../fence-info.ts'
import type {Pass} from '../flattening/pass.ts'
import {directiveOptions} from './directive-options.ts'
import {shortcodesInCode} from './hugo-values.ts'
import {readInclude, selectorOf} from './read-include.ts'

/** Writes a code block with its language and file name, and resolves includes in it. `lead` precedes its first line. */
export function codeBlock(
  pass: Pass,
  lead: string,
  fence: string,
  info: string,
  source: readonly string[],
): void {
  const read = fenceInfoOf(info)
  let {language, title} = read
  let lines = [...source]
  const base = lead.length
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
        const part = readInclude(pass, read.argument, 'literalinclude')
        language = options.values['language'] ?? /\.(\w+)$/.exec(read.argument)?.[1] ?? ''
        if (part !== null) lines = part.text.replace(/\n$/, '').split('\n')
        title ??= read.argument
      }
    } else language = read.directive.replace(/^eval-rst$/, 'rst')
    pass.note(`myst:${read.directive}`, 'flattened')
  }
  const first = pass.line
  const width = /^[ \t>]*/.exec(lead)![0]
  const rest = width + ' '.repeat(base - width.length)
  const body: {text: string; line: number}[] = []
  lines.forEach((line, n) => {
    for (const text of codeLine(pass, line, language))
      body.push({text, line: pass.options.fixedLine ? first : first + 1 + n})
  })
  const longest = Math.max(0, ...body.map(({text}) => /^[ \t]*(`{3,}|~{3,})/.exec(text)?.[1]?.length ?? 0))
  const mark = longest >= fence.length ? fence[0]!.repeat(longest + 1) : fence
  pass.push(`${lead}${mark}${plainInfo(language, title)}`)
  for (const {text, line} of body) {
    pass.out.push(lead.includes('>') ? `${width}${text}` : text)
    pass.lines.push(line)
  }
  pass.out.push(`${rest}${mark}`)
  // A block that is never closed has no source line for its closing fence.
  pass.lines.push(pass.options.fixedLine ? first : Math.min(first + 1 + source.length, pass.lastLine))
}

/** Resolves the includes and shortcodes that generators expand even in code. */
function codeLine(pass: Pass, line: string, language: string): string[] {
  const include =
    /^\s*\{\{#(?:include|rustdoc_include|playground|playpen)\s+([^}]+)\}\}\s*$/.exec(line) ??
    /^\s*-{1,}8<-{1,}\s+"([^"]+)"\s*$/.exec(line)
  if (include) {
    const indent = /^\s*/.exec(line)![0]
    const [file, selector] = selectorOf(include[1]!.trim().split(/\s/)[0]!)
    const part = readInclude(pass, file, 'include', selector)
    return part === null
      ? []
      : part.text
          .replace(/\n$/, '')
          .split('\n')
          .map((text) => (text === '' ? '' : indent + text))
  }
  if (language === 'rust' && /^\s*#(?:\s|$)/.test(line) && pass.context.site.generator === 'mdbook') return []
  if (line.includes('{{<') || line.includes('{{%')) return [shortcodesInCode(pass, line)]
  return [line]
}
