import {about, enoughForP95, p50Of, percent} from './numbers.ts'
import type {Analytics, PatienceStep} from './wire.ts'

/** One step of waiting for the first word. */
export interface WaitingStep {
  readonly fromMs: number
  readonly toMs: number
  /** Share of the first words that came in it. */
  readonly firstWords: number
  /** Share of visitors who are still there at its end, if no word comes. */
  readonly stillThere: number
}

/** Steps that fewer visitors waited through say nothing. */
const enoughWaiting = 10

/**
 * The share of visitors who are still there after each wait, by the estimator of Kaplan and Meier in its form for steps: who
 * had the first word within a step counts as waiting for half of it. Ends where too few waited.
 */
export function waitingSteps(patience: readonly PatienceStep[]): readonly WaitingStep[] {
  const words = patience.map(({waiting, left}, index) => waiting - left - (patience[index + 1]?.waiting ?? 0))
  const all = words.reduce((sum, one) => sum + one, 0)
  if ((patience[0]?.waiting ?? 0) < enoughForP95) return []
  const steps: WaitingStep[] = []
  let stillThere = 1
  for (const [index, {afterMs, untilMs, waiting, left}] of patience.entries()) {
    const exposed = waiting - words[index]! / 2
    if (untilMs === null || exposed < enoughWaiting) break
    stillThere *= 1 - left / exposed
    steps.push({
      fromMs: afterMs,
      toMs: untilMs,
      firstWords: all === 0 ? 0 : words[index]! / all,
      stillThere,
    })
  }
  return steps
}

/** The share still there after a wait; null where too few waited so long. */
export function stillThereAfter(ms: number, steps: readonly WaitingStep[]): number | null {
  let before = 1
  for (const {fromMs, toMs, stillThere} of steps) {
    if (ms <= toMs) return before + ((stillThere - before) * (ms - fromMs)) / (toMs - fromMs)
    before = stillThere
  }
  return null
}

/** What streaming is worth here, in a sentence or two with the numbers. */
export function streamingSentence({total: {times}}: Analytics, steps: readonly WaitingStep[]): string {
  const [firstWord, whole] = [p50Of(times.firstToken), p50Of(times.total)]
  if (steps.length === 0 || firstWord === null || whole === null) {
    return `Too few visitors have waited to say how long they do: it takes ${enoughForP95}.`
  }
  const then = stillThereAfter(firstWord, steps)
  const later = stillThereAfter(whole, steps)
  const first = `Half of the first words are there within ${about(firstWord)}${then === null ? '' : `, when ${percent(then)} of visitors are still there`}.`
  if (then === null || whole < 1.2 * firstWord) {
    return `${first} Whole answers take ${about(whole)}, hardly longer: streaming changes little here.`
  }
  if (later === null) {
    const {toMs} = steps.at(-1)!
    return `${first} Half of the whole answers take longer than ${about(whole)}; too few have waited longer than ${about(toMs)} without a word to say how many would wait for that.`
  }
  return `${first} Half of the whole answers take longer than ${about(whole)}: without streaming an estimated ${percent(later)} would wait for them. Streaming keeps about ${Math.max(0, Math.round((then - later) * 100))} of 100.`
}
