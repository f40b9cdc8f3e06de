import {includedPart, type Part, rangesIn, withoutIndent} from '../includes.ts'

/** How DocFX names a part of a file. */
export interface DocfxPart {
  /** `2-4,6`. */
  readonly range?: string | undefined
  /** A name that stands in comments around the part, `// <name>` and `// </name>`, or that of a region. */
  readonly name?: string | undefined
  readonly start?: string | undefined
  readonly end?: string | undefined
  /** Columns that each line loses. Default: those that all lines have. */
  readonly dedent?: string | undefined
}

/** The part of a file that DocFX shows; null for all of it. */
export function docfxPart({range, name, start, end, dedent}: DocfxPart): Part | null {
  const ranges = range ?? (start || end ? `${start ?? ''}-${end ?? ''}` : undefined)
  if (!ranges && !name) return null
  return (text) => {
    const lines = text.replace(/\n$/, '').split('\n')
    const part = ranges
      ? rangesIn(lines, ranges)
      : (snippetIn(lines, name!) ?? includedPart(text, name!)?.split('\n'))
    return part ? withoutIndent(part, dedent ? Number(dedent) : null).join('\n') : null
  }
}

/** Splits the destination of a link to code: `app.cs?name=main`, `app.cs#L2-L5`, `app.cs#main`, with a title in quotation marks. */
export function docfxTarget(destination: string): {
  readonly file: string
  readonly title: string | null
  readonly part: Part | null
} {
  const [, target = '', title = null] = /^\s*(.*?)(?:\s+["']([^"'\n]*)["'])?\s*$/.exec(destination) ?? []
  const [, file = '', query = '', fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(target) ?? []
  const lines = /^L\d+(?:-L?\d*)?$/i.test(fragment)
  const values = Object.fromEntries(new URLSearchParams(query))
  return {
    file,
    title,
    part: docfxPart({
      ...values,
      range: values['range'] ?? (lines ? fragment : undefined),
      name: values['name'] ?? (lines ? undefined : fragment || undefined),
    }),
  }
}

/** A comment that begins or ends a named part. */
const mark = /^\s*(?:\/\/|#|--|'|%|;|<!--|\/\*|\(\*|REM\b)\s*<(\/?)([\w.-]+)>\s*(?:-->|\*\/|\*\))?\s*$/i

/** The lines between the marks of a part, without those of others; null if the file has no such marks. */
function snippetIn(lines: readonly string[], name: string): string[] | null {
  const isMark = (line: string, slash: string): boolean => {
    const [, end, named] = mark.exec(line) ?? []
    return end === slash && named?.toLowerCase() === name.toLowerCase()
  }
  const from = lines.findIndex((line) => isMark(line, ''))
  if (from < 0) return null
  const to = lines.findIndex((line, n) => n > from && isMark(line, '/'))
  return lines.slice(from + 1, to < 0 ? undefined : to).filter((line) => !mark.test(line))
}
