import type {GateResult} from './ingest-report.ts'

export interface SourcePages {
  /** Names of the sources. */
  readonly names: readonly string[]
  /** Paths of the pages of the previous build and of the new one. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly maxShrinkPercent: number
}

/** Losing a page or two is normal; above that the share of pages decides. */
const pagesAlwaysAllowed = 2

/**
 * Checks each of several sources for itself: one that is emptied by mistake may be too small a share of all to be noticed.
 * A source that is new, or no longer among these, is nothing to check.
 */
export function sourceGates({names, before, after, maxShrinkPercent}: SourcePages): GateResult[] {
  const old = countsByName(before)
  const now = countsByName(after)
  return names.flatMap((name): GateResult[] => {
    const had = old.get(name) ?? 0
    const has = now.get(name) ?? 0
    if (had === 0 || has >= had) return []
    const percent = (100 * (had - has)) / had
    const detail = `the source ${name} went from ${had} pages to ${has}`
    return [
      {
        name: has === 0 ? 'empty' : 'shrink',
        passed: has > 0 && (had - has <= pagesAlwaysAllowed || percent <= maxShrinkPercent),
        detail,
      },
    ]
  })
}

function countsByName(paths: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const path of paths) {
    const name = path.slice(0, Math.max(0, path.indexOf('/')))
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}
