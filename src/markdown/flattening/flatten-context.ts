import type {Diagnostic} from '../../domain/index.ts'
import type {Fate} from '../fidelity.ts'
import type {Exported} from '../module-exports.ts'
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
  /** What the page exports, by name: components, data, and strings in it as `meta.title`. */
  readonly exported: Map<string, Exported>
  /** Names of exports whose text is told to be lost. */
  readonly told: Set<string>
  /** Characters of its exports that the page has shown so far. */
  shown: number
  readonly includes: Set<string>
  /** Fragments that the page's own marks make, beside its headings. */
  readonly fragments: Set<string>
  /** Characters taken in by includes so far. */
  included: number
  /** Characters that may still be read ahead: what is never closed must not make the time quadratic. */
  scansLeft: number
  /** Paths being included, the page first: an include of one of them goes in a circle. */
  readonly stack: string[]
  /** Counts a construct. `lostWords` are words of the source that readers of the site see and that are gone. */
  note(construct: string, fate: Fate, line: number, detail?: string, lostWords?: number): void
  /** Adds the words of a construct that was noted. */
  count(construct: string, words: {readonly kept?: number; readonly dropped?: number}): void
  report(rule: string, severity: Diagnostic['severity'], line: number, reason: string, hint?: string): void
}
