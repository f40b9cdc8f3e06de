import type {Candidate} from './candidate.ts'

/** The best other sections of the same page speak for it. */
export function addPageSignal(candidates: readonly Candidate[]): void {
  const byPage = new Map<number, Candidate[]>()
  for (const candidate of candidates) {
    const mates = byPage.get(candidate.section.page.id)
    if (mates === undefined) byPage.set(candidate.section.page.id, [candidate])
    else mates.push(candidate)
  }
  for (const mates of byPage.values()) {
    for (const candidate of mates) {
      let best = 0
      for (const mate of mates) if (mate !== candidate) best = Math.max(best, mate.score)
      candidate.signals.page = best
    }
  }
}
