import type {Diagnostic} from '../../domain/index.ts'
import type {Fate} from '../fidelity.ts'
import type {Exported} from '../module-exports.ts'
import type {SiteRules} from '../site-rules.ts'
import type {Budget} from './budget.ts'
import type {SyntaxRules} from './syntax-rules.ts'

/** State that all parts of a page share while it is flattened. */
export interface FlattenContext {
  readonly site: Pick<SiteRules, 'contentRoots' | 'includeFolders' | 'params' | 'contentPathOf'>
  readonly syntax: SyntaxRules
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
  /** Characters of its exports that the page may show. */
  readonly shown: Budget
  readonly includes: Set<string>
  /** Fragments that the page defines in addition to its headings. */
  readonly fragments: Set<string>
  /** Characters that may be included from files. */
  readonly included: Budget
  /** Characters of look-ahead: unclosed constructs must not make the time quadratic. */
  readonly scans: Budget
  /** Paths being included, the page first: including one of them again is circular. */
  readonly stack: string[]
  /** Counts a construct. `lostWords` is the number of its words that readers of the site see and that are lost. */
  note(construct: string, fate: Fate, line: number, detail?: string, lostWords?: number): void
  /** Adds the word counts of a construct that was noted. */
  count(construct: string, words: {readonly kept?: number; readonly dropped?: number}): void
  report(rule: string, severity: Diagnostic['severity'], line: number, reason: string, hint?: string): void
}
