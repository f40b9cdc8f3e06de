import {DocentError} from '../domain/index.ts'
import type {LineProblem} from '../question-sets/index.ts'
import {type GoldenLine, keyOf, newLine, withSections} from './golden-lines.ts'
import {
  type GoldenAdded,
  type GoldenDraft,
  type GoldenQuestion,
  type GoldenQuestions,
  maxGoldenQuestions,
} from './golden-questions.ts'

/** Who adds golden questions, and when: milliseconds since the epoch. */
export type GoldenAddition = Parameters<GoldenQuestions['add']>[1] & {readonly at: number}

/**
 * The lines with all drafts added. Lines that stay are the same objects, so that a store can tell what to write.
 * @throws DocentError `conflict` for too many questions, and for one of somebody else that is not to be replaced.
 */
export function addedTo(
  before: readonly GoldenLine[],
  drafts: readonly GoldenDraft[],
  {by, at: addedAt, from, replacesAll = true}: GoldenAddition,
): {readonly lines: readonly GoldenLine[]; readonly result: GoldenAdded} {
  const lines = [...before]
  const ids = new Set(lines.map(({question}) => question?.id))
  const places = new Map(lines.map(({key, question}, index) => [question === null ? null : key, index]))
  const result = {ids: [] as string[], added: 0, kept: 0}
  for (const draft of drafts) {
    const facts = {addedBy: by, addedAt, from}
    const at = places.get(keyOf(draft))
    const line = at === undefined ? null : lines[at]!
    if (line?.question != null) {
      const {question} = line
      const isSame = hasSections(question, draft.relevant)
      if (!isSame && !replacesAll) refuseOthers(question, by)
      if (!isSame) lines[at!] = withSections({...line, question}, draft.relevant, facts)
      result.kept++
      result.ids.push(question.id)
      continue
    }
    const fresh = newLine(draft, facts, (id) => ids.has(id))
    places.set(fresh.key, lines.push(fresh) - 1)
    ids.add(fresh.question!.id)
    result.added++
    result.ids.push(fresh.question!.id)
  }
  if (result.added > 0) refuseTooMany(lines)
  return {lines, result}
}

/** Without one question; null if there is none of this id. */
function without(lines: readonly GoldenLine[], id: string): readonly GoldenLine[] | null {
  const left = lines.filter(({question}) => question?.id !== id)
  return left.length < lines.length ? left : null
}

/** The questions of lines, the one added last first. */
export function questionsIn(lines: readonly GoldenLine[]): readonly GoldenQuestion[] {
  return lines.flatMap(({question}) => question ?? []).toReversed()
}

/** Runs an edit of the lines of a store, which returns null to change nothing. */
type Change = (edit: (lines: readonly GoldenLine[]) => readonly GoldenLine[] | null) => Promise<void>

/** Deletes a question from a store. Resolves with false if there was none. @throws what the change rejects with. */
export async function deleteFrom(change: Change, id: string): Promise<boolean> {
  let wasThere = false
  await change((lines) => {
    const left = without(lines, id)
    wasThere = left !== null
    return left
  })
  return wasThere
}

/** What is wrong with lines that cannot be read, in their order. */
export function problemsIn(lines: readonly GoldenLine[]): readonly LineProblem[] {
  return lines.flatMap(({problem}, index) => (problem === null ? [] : [{line: index + 1, problem}]))
}

function hasSections({relevant, gold}: GoldenQuestion, others: readonly string[]): boolean {
  return gold.length === 0 && relevant.toSorted().join('\n') === others.toSorted().join('\n')
}

function refuseOthers(question: GoldenQuestion, by: string): void {
  if (question.addedBy === by) return
  throw new DocentError(
    'conflict',
    `This is a golden question of ${question.addedBy ?? 'somebody else'} already, with other sections. Ask docs staff to delete it, or word yours differently.`,
  )
}

function refuseTooMany(lines: readonly GoldenLine[]): void {
  if (lines.filter(({question}) => question !== null).length <= maxGoldenQuestions) return
  throw new DocentError(
    'conflict',
    `There can be ${maxGoldenQuestions} golden questions at most. Delete some that nobody needs.`,
  )
}
