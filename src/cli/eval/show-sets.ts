import type {Interval, SetResult} from '../../evaluation/index.ts'
import {hasEvidence, meanOver, setFigures} from '../../evaluation/index.ts'
import {formatShare} from './format-figure.ts'

const titles: Readonly<Record<(typeof setFigures)[number], string>> = {
  'page.hit@5': 'page in 5',
  'section.hit@5': 'section in 5',
  'section.hit@1': 'section first',
  'section.mrr@10': 'MRR in 10',
  'answers.pageShown': 'page shown',
  'answers.sectionShown': 'section shown',
  'answers.evidenceAll': 'evidence, all',
  'answers.evidenceAny': 'evidence, any',
  'answers.evidenceSent': 'evidence sent',
  'answers.words': 'words',
  'answers.repeats': 'repeats',
  'answers.leadIns': 'empty lead-ins',
  'answers.hold': 'citations hold',
  'answers.cited': 'cited',
  'answers.refused.near': 'refused: near',
  'answers.refused.other': 'refused: other',
  'answers.refused.answerable': 'refused: answerable',
  'answers.cross': 'refused: other sets',
}

/** A Markdown table of several sets: a row for each, and means in which every set has the same weight. */
export function showSets(sets: readonly SetResult[]): string {
  const columns = setFigures.filter((name) => meanOver(sets, name) !== null)
  const row = (title: string, questions: string, some: readonly SetResult[]) =>
    `| ${[title, questions, ...columns.map((name) => cellOf(meanOver(some, name), name === 'answers.words'))].join(' | ')} |`
  const withEvidence = sets.filter(hasEvidence)
  return [
    `| set | questions | ${columns.map((name) => titles[name]).join(' | ')} |`,
    `|---|${'---:|'.repeat(columns.length + 1)}`,
    ...sets.map((set) => row(inCell(set.name ?? set.content), String(set.counts.questions), [set])),
    ...(withEvidence.length > 0
      ? [row(`mean of the sets with evidence (${withEvidence.length})`, '', withEvidence)]
      : []),
    row(`mean of all that have the figure (${sets.length})`, '', sets),
    '',
    ...fewerSets(sets, columns),
    ...sets.flatMap(notesOn),
  ].join('\n')
}

/** Lists the figures that not all sets have, grouped by the number of sets in their mean. */
function fewerSets(sets: readonly SetResult[], columns: readonly (typeof setFigures)[number][]): string[] {
  const counts = columns.map((name) => ({name, count: meanOver(sets, name)?.sets ?? 0}))
  return [...new Set(counts.map(({count}) => count))]
    .filter((count) => count < sets.length)
    .map((count) => {
      const names = counts.filter((column) => column.count === count).map(({name}) => titles[name])
      return `mean over ${count} of the ${sets.length} sets: ${names.join('; ')}`
    })
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** A mean, with half the width of its 95 % interval. */
function cellOf(figure: Interval | null, isCount: boolean): string {
  if (figure === null) return '–'
  const {value, low, high} = figure
  const half = (high - low) / 2
  return isCount ? `${Math.round(value)} ±${Math.round(half)}` : `${formatShare(value)} ±${formatShare(half)}`
}

/** Figures without a column: other kinds of refused questions, and why citations do not hold. */
function notesOn({name, answers}: SetResult): string[] {
  if (answers === undefined) return []
  const kinds = Object.entries(answers.figures)
    .filter(([figure]) => figure.startsWith('refused.') && !(`answers.${figure}` in titles))
    .map(([figure, {value}]) => `${figure.slice('refused.'.length)} ${formatShare(value)}`)
  const faults = Object.entries(answers.citations.faults)
    .filter(([, count]) => count > 0)
    .map(([fault, count]) => `${fault} ${count}`)
  return [
    ...(kinds.length > 0 ? [`${name}: refused of other kinds: ${kinds.join(', ')}`] : []),
    ...(faults.length > 0
      ? [`${name}: of ${answers.citations.total} citations do not hold: ${faults.join(', ')}`]
      : []),
    ...(answers.citations.uncited > 0
      ? [`${name}: answers without a citation: ${answers.citations.uncited}`]
      : []),
  ]
}
