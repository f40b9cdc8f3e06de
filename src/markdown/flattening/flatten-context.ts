import type {Diagnostic} from '../../domain/index.ts'
import type {Fate} from '../fidelity.ts'
import type {SiteRules} from '../site.ts'

/** What all parts of one page share while it is flattened. */
export interface FlattenContext {
  readonly site: SiteRules
  readonly readInclude: (path: string) => string | null
  /** Braces in text are JavaScript. `'guessed'` where only the text suggests it. */
  readonly mdx: boolean | 'guessed'
  /** Braces in pairs are Liquid or Vue expressions. */
  readonly templates: boolean
  /** Names of components that are Markdown files, and their paths. */
  readonly imports: Map<string, string>
  readonly includes: Set<string>
  /** Characters taken in by includes so far. */
  included: number
  lostWords: number
  /** Characters that may still be read ahead: what is never closed must not make the time quadratic. */
  scansLeft: number
  /** Paths being included, the page first: an include of one of them goes in a circle. */
  readonly stack: string[]
  note(construct: string, fate: Fate, line: number, detail?: string): void
  report(rule: string, severity: Diagnostic['severity'], line: number, reason: string, hint?: string): void
}
