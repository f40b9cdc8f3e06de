import type {Diagnostic} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import type {ConstructCounts, FidelityNote} from './fidelity.ts'
import {Budget} from './flattening/budget.ts'
import {type Dialect, dialectTables} from './flattening/dialect.ts'
import {defineAll, maxShown} from './flattening/exported-text.ts'
import type {FlattenContext} from './flattening/flatten-context.ts'
import {Pass, type Reader} from './flattening/pass.ts'
import {readLine} from './flattening/read-line.ts'
import {isPlain, readText} from './flattening/read-text.ts'
import type {HeadingId} from './flattening/reading.ts'
import type {SiteRules} from './site-rules.ts'
import type {Ranges} from './unread-text.ts'

export interface FlattenOptions {
  /** Below the content folder, for diagnostics. */
  readonly path: string
  /** Below the project's root: what paths of includes are relative to. */
  readonly projectPath: string
  readonly site: SiteRules
  /** One-based source line where the body begins. */
  readonly bodyLine: number
  readonly readInclude: (path: string) => string | null
  /** Markdown of the front matter, whose lines count as the first of the file, shown above the body. Default: none. */
  readonly opening?: string
}

/** A body as plain CommonMark with GFM. */
export interface FlattenedMarkdown {
  readonly text: string
  /** Source line of each line of `text`. */
  readonly lines: readonly number[]
  /** Explicit heading ids by one-based flat line. */
  readonly headingIds: ReadonlyMap<number, HeadingId>
  /** The Markdown of which ids are made, by one-based line, for headings that show more than that. */
  readonly slugTexts: ReadonlyMap<number, string>
  /** One-based lines of `text` that are from other files. */
  readonly includedLines: ReadonlySet<number>
  readonly diagnostics: readonly Diagnostic[]
  readonly constructs: Readonly<Record<string, ConstructCounts>>
  readonly notes: readonly FidelityNote[]
  /** Words of the source that readers of the site see and that are not in `text`. */
  readonly lostWords: number
  readonly includes: readonly string[]
  readonly fragments: readonly string[]
  /** Ranges of the body that a construct removed and reported. */
  readonly taken: Ranges
}

const maxNotes = 500
const noCounts: ConstructCounts = {
  flattened: 0,
  dropped: 0,
  'not-understood': 0,
  keptWords: 0,
  lostWords: 0,
  droppedWords: 0,
}

/** Maximum number of characters that a page may include from files. */
const maxIncluded = 4 * 1024 * 1024

function readerOf(dialects: readonly Dialect[]): Reader {
  const tables = dialectTables(dialects)
  return {
    readLine: (pass) => readLine(pass, tables),
    readText: (pass) => readText(pass, tables),
    isPlain: (text) => isPlain(text, tables),
  }
}

/**
 * Resolves every dialect into plain Markdown, line by line, outside code: what readers see stays as text, what they do
 * not see is removed, and every line keeps its source line. Never throws because of content; what is not understood
 * stays as text or becomes a note.
 */
export function flatten(body: string, options: FlattenOptions): FlattenedMarkdown {
  const {path, projectPath, site, bodyLine, readInclude, opening = ''} = options
  const {dialects, syntax} = site
  const diagnostics: Diagnostic[] = []
  const constructs: Record<string, {-readonly [K in keyof ConstructCounts]: number}> = {}
  let lost = 0
  const notes: FidelityNote[] = []
  const prose = body.replace(/^([ \t]*)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^[ \t]*\2[`~]*[ \t]*$/gm, '')
  const vue = syntax.vue || /^<script\s+(?:[^>]*\s)?setup\b/m.test(prose)
  const known = /\.mdx$/i.test(path) || site.mdxInMarkdown || mdxFence.test(body)
  const mayGuess = site.mayHaveMdx && !vue
  const context: FlattenContext = {
    site,
    syntax,
    readInclude,
    mdx: known ? true : mayGuess && (componentLine.test(prose) || importLine.test(prose)) ? 'guessed' : false,
    templates:
      syntax.templates === 'guessed'
        ? vue || /\{%-?\s*\w|\{\{-?\s*[\w.'"][^{}\n]*\|\s*\w/.test(prose)
        : syntax.templates,
    imports: new Map(),
    exported: new Map(),
    reportedExports: new Set(),
    shown: new Budget(maxShown),
    includes: new Set(),
    fragments: new Set(),
    included: new Budget(maxIncluded),
    scans: new Budget(2_000_000 + 30 * body.length),
    stack: [projectPath],
    note(construct, fate, line, detail, lostWords = 0) {
      constructs[construct] ??= {...noCounts}
      const counts = constructs[construct]!
      counts[fate]++
      counts.lostWords += lostWords
      lost += lostWords
      if (notes.length < maxNotes && (fate !== 'flattened' || counts.flattened === 1 || lostWords > 0)) {
        notes.push({
          construct,
          fate,
          line,
          ...(detail ? {detail: headOf(detail, 200)} : {}),
          ...(lostWords > 0 ? {words: lostWords} : {}),
        })
      }
    },
    count(construct, {kept = 0, dropped = 0}) {
      const counts = constructs[construct]
      if (!counts) return
      counts.keptWords += kept
      counts.droppedWords += dropped
    },
    report(rule, severity, line, reason, hint) {
      diagnostics.push({path, line, column: null, rule, severity, reason, ...(hint ? {hint} : {})})
    },
  }
  if (context.mdx) defineAll(context, prose)
  const reader = readerOf(dialects)
  const pass = new Pass(context, reader, body, {firstLine: bodyLine, path: projectPath})
  if (opening !== '') {
    const above = new Pass(context, reader, opening, {firstLine: 1, path: projectPath, depth: 1})
    above.run()
    pass.write.append(above.write, {line: 1})
  }
  pass.run()
  return {
    text: pass.write.written.texts.join('\n'),
    lines: pass.write.written.sourceLines,
    headingIds: pass.write.written.headingIds,
    slugTexts: pass.write.written.slugTexts,
    includedLines: pass.write.written.included,
    diagnostics,
    constructs,
    notes: notes.sort((a, b) => a.line - b.line),
    lostWords: lost,
    includes: [...context.includes],
    fragments: [...context.fragments],
    taken: pass.taken,
  }
}

const mdxFence = /^[ \t]*(?:`{3,}|~{3,})mdx-code-block[ \t]*$/m
const componentLine = /^[ \t]*<\/?[A-Z][\w.]*(?:\s[^>]*)?\/?>[ \t]*$/m
const importLine = /^import\s[^\n]*\sfrom\s+['"]/m
