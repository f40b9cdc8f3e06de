import type {Interval} from '../../src/retrieval/evaluation/metrics.ts'
import type {Measured} from './measure.ts'
import {hasEvidence, meanOver, setFigures} from './set-means.ts'

const titles: Readonly<Record<(typeof setFigures)[number], string>> = {
  'page.hit@5': 'page in 5',
  'section.hit@5': 'section in 5',
  'section.hit@1': 'section first',
  'section.mrr@10': 'MRR in 10',
  'answers.pageShown': 'page shown',
  'answers.sectionShown': 'section shown',
  'answers.evidenceAll': 'evidence, all',
  'answers.evidenceAny': 'evidence, any',
  'answers.words': 'words',
  'answers.repeats': 'repeats',
  'answers.leadIns': 'empty lead-ins',
  'answers.hold': 'citations hold',
  'answers.refused.near': 'refused: near',
  'answers.refused.other': 'refused: other',
  'answers.refused.answerable': 'refused: answerable',
  'answers.cross': 'refused: other sets',
}

/** The table of many sets as Markdown: a row for each, and means that count every set the same. */
export function showSets(sets: readonly Measured[]): string {
  const columns = setFigures.filter((name) => meanOver(sets, name) !== null)
  const row = (title: string, questions: string, some: readonly Measured[]) =>
    `| ${[title, questions, ...columns.map((name) => cellOf(meanOver(some, name), name === 'answers.words'))].join(' | ')} |`
  const withEvidence = sets.filter(hasEvidence)
  return [
    `| set | questions | ${columns.map((name) => titles[name]).join(' | ')} |`,
    `|---|${'---:|'.repeat(columns.length + 1)}`,
    ...sets.map((set) => row(set.name ?? set.content, String(set.counts.questions), [set])),
    ...(withEvidence.length > 0 ? [row('mean of the sets with evidence', '', withEvidence)] : []),
    row('mean of all that have the figure', '', sets),
    '',
    ...sets.flatMap(notesOn),
  ].join('\n')
}

/** A mean with the half width of its 95 % interval. */
function cellOf(figure: Interval | null, isCount: boolean): string {
  if (figure === null) return '–'
  const {value, low, high} = figure
  const half = (high - low) / 2
  return isCount ? `${Math.round(value)} ±${Math.round(half)}` : `${shareOf(value)} ±${shareOf(half)}`
}

/** As `.839`, `1.000`. */
function shareOf(value: number): string {
  return value.toFixed(3).replace(/^0/, '')
}

/** What has no column: other kinds that were refused, and why citations do not hold. */
function notesOn({name, answers}: Measured): string[] {
  if (answers === undefined) return []
  const kinds = Object.entries(answers.figures)
    .filter(([figure]) => figure.startsWith('refused.') && !(`answers.${figure}` in titles))
    .map(([figure, {value}]) => `${figure.slice('refused.'.length)} ${shareOf(value)}`)
  const faults = Object.entries(answers.citations.faults)
    .filter(([, count]) => count > 0)
    .map(([fault, count]) => `${fault} ${count}`)
  return [
    ...(kinds.length > 0 ? [`${name}: refused of other kinds: ${kinds.join(', ')}`] : []),
    ...(faults.length > 0
      ? [`${name}: of ${answers.citations.total} citations do not hold: ${faults.join(', ')}`]
      : []),
  ]
}
