/** What happened to an item between two lists. */
export interface DiffItem {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
}

/** Larger tables take too long: the middle then counts as replaced whole. */
const maxCells = 4_000_000

/** The shortest way from one list to another: what is removed comes before what is added in its place. */
export function diffOf(before: readonly string[], after: readonly string[]): DiffItem[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++
  const same = (text: string): DiffItem => ({kind: 'same', text})
  return [
    ...before.slice(0, start).map(same),
    ...middleOf(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ]
}

function middleOf(before: readonly string[], after: readonly string[]): DiffItem[] {
  const width = after.length + 1
  if (before.length * width > maxCells) return replaced(before, after)
  // The length of the longest common part of what is left of both, from each place.
  const lengths = new Uint32Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        before[i] === after[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
    }
  }
  const items: DiffItem[] = []
  let removed: string[] = []
  let added: string[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      items.push(...replaced(removed, added), {kind: 'same', text: before[i]!})
      removed = []
      added = []
      i++
      j++
    } else if (
      j === after.length ||
      (i < before.length && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)
    )
      removed.push(before[i++]!)
    else added.push(after[j++]!)
  }
  return [...items, ...replaced(removed, added)]
}

function replaced(removed: readonly string[], added: readonly string[]): DiffItem[] {
  return [
    ...removed.map((text) => ({kind: 'removed', text}) as const),
    ...added.map((text) => ({kind: 'added', text}) as const),
  ]
}

/** A line, with what of it was replaced where it stands against another. */
export interface DiffLine {
  readonly kind: DiffItem['kind']
  readonly pieces: readonly {readonly text: string; readonly isChanged: boolean}[]
}

/** Two texts line by line; of lines that replace each other, the words that differ are marked. */
export function lineDiffOf(before: string, after: string): DiffLine[] {
  const items = diffOf(linesOf(before), linesOf(after))
  const lines: DiffLine[] = []
  for (let at = 0; at < items.length; ) {
    if (items[at]!.kind === 'same') {
      lines.push({kind: 'same', pieces: [{text: items[at]!.text, isChanged: false}]})
      at++
      continue
    }
    const end = items.findIndex(({kind}, index) => index >= at && kind === 'same')
    const run = items.slice(at, end === -1 ? items.length : end)
    lines.push(...runOf(run))
    at += run.length
  }
  return lines
}

/** None of the empty text. */
export function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n')
}

function runOf(run: readonly DiffItem[]): DiffLine[] {
  const removed = run.filter(({kind}) => kind === 'removed').map(({text}) => text)
  const added = run.filter(({kind}) => kind === 'added').map(({text}) => text)
  const pairs =
    removed.length === added.length ? removed.map((text, index) => wordsOf(text, added[index]!)) : []
  const whole = (text: string) => [{text, isChanged: false}]
  return [
    ...removed.map(
      (text, index): DiffLine => ({kind: 'removed', pieces: pairs[index]?.before ?? whole(text)}),
    ),
    ...added.map((text, index): DiffLine => ({kind: 'added', pieces: pairs[index]?.after ?? whole(text)})),
  ]
}

/** Where less than this of two lines is the same, marks of single words say nothing. */
const minSame = 0.3

function wordsOf(
  before: string,
  after: string,
): {before: DiffLine['pieces']; after: DiffLine['pieces']} | null {
  const items = diffOf(before.split(/(?<=\s)/), after.split(/(?<=\s)/))
  const same = items.reduce((sum, {kind, text}) => (kind === 'same' ? sum + text.length : sum), 0)
  if (same < minSame * Math.max(before.length, after.length)) return null
  const pieces = (other: DiffItem['kind']) =>
    items.filter(({kind}) => kind !== other).map(({kind, text}) => ({text, isChanged: kind !== 'same'}))
  return {before: pieces('added'), after: pieces('removed')}
}
