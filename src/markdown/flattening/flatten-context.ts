import type {Diagnostic} from '../../domain/index.ts'
import type {Fate} from '../fidelity.ts'
import type {Exported} from '../module-exports.ts'
import type {SiteRules} from '../site-rules.ts'

/** State that all parts of a page share while it is flattened. */
export interface FlattenContext {
  readonly site: SiteRules
  readonly readInclude: (path: string) => string | null
  /** Whether braces in text are JavaScript; `'guessed'` if only the text suggests it. */
  readonly mdx: boolean | 'guessed'
  /** Whether double braces are Liquid or Vue expressions. */
  readonly templates: boolean
  /** Paths of Markdown files, by the component name that they are imported as. */
  readonly imports: Map<string, string>
  /** What the page exports, by name: components, data, and strings in data, such as `meta.title`. */
  readonly exported: Map<string, Exported>
  /** Names of exports whose text was reported as lost. */
  readonly reportedExports: Set<string>
  /** Number of characters of its exports that the page has shown so far. */
  shown: number
  readonly includes: Set<string>
  /** Fragments that the page defines in addition to its headings. */
  readonly fragments: Set<string>
  /** Number of characters included from files so far. */
  included: number
  /** Remaining number of characters for look-ahead: unclosed constructs must not make the time quadratic. */
  scansLeft: number
  /** Paths being included, the page first: including one of them again is circular. */
  readonly stack: string[]
  /** Counts a construct. `lostWords` is the number of its words that readers of the site see and that are lost. */
  note(construct: string, fate: Fate, line: number, detail?: string, lostWords?: number): void
  /** Adds the word counts of a construct that was noted. */
  count(construct: string, words: {readonly kept?: number; readonly dropped?: number}): void
  report(rule: string, severity: Diagnostic['severity'], line: number, reason: string, hint?: string): void
}
