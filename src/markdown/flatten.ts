import type {Diagnostic} from '../domain/index.ts'
import type {Fate, FidelityNote} from './fidelity.ts'
import type {SiteRules} from './site.ts'

export interface FlattenOptions {
  readonly path: string
  readonly site: SiteRules
  /** One-based source line on which the body begins. */
  readonly bodyLine: number
  readonly readInclude: (path: string) => string | null
}

/** A body as plain CommonMark with GFM. */
export interface Flat {
  readonly text: string
  /** Source line of each line of `text`. */
  readonly lines: readonly number[]
  /** Explicit heading ids by one-based flat line. */
  readonly headingIds: ReadonlyMap<number, string>
  readonly diagnostics: readonly Diagnostic[]
  readonly constructs: Readonly<Record<string, Readonly<Record<Fate, number>>>>
  readonly notes: readonly FidelityNote[]
  /** Words that were visible but could not be kept. */
  readonly lostWords: number
  readonly includes: readonly string[]
}

export function flatten(body: string, options: FlattenOptions): Flat {
  const out: string[] = []
  const headingIds = new Map<number, string>()
  for (const line of body.split('\n')) {
    const heading = /^( {0,3}#{1,6}[ \t].*?)[ \t]*\{\s*#([^\s{}]+)[^{}]*\}[ \t]*#*[ \t]*$/.exec(line)
    out.push(heading ? heading[1]! : line)
    if (heading) headingIds.set(out.length, heading[2]!)
  }
  return {
    text: out.join('\n'),
    lines: out.map((_, index) => options.bodyLine + index),
    headingIds,
    diagnostics: [],
    constructs: {},
    notes: [],
    lostWords: 0,
    includes: [],
  }
}
