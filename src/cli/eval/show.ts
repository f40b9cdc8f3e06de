import type {Comparison, Evaluation, Pairing} from '../../evaluation/index.ts'
import {type AnswerMeasures, answerFigureNames} from '../../evaluation/index.ts'
import {cleanLine} from '../../lib/clean-text.ts'
import {depths} from '../../question-sets/index.ts'
import {formatFigure} from './format-figure.ts'

/** Formats an evaluation for a terminal. */
export function showEvaluation(
  result: Evaluation,
  {worst, answers}: {readonly worst: number; readonly answers: AnswerMeasures | null},
): string {
  const {counts, metrics, intervals, abstention, latency} = result
  const lines = [
    `${counts.questions} questions over ${counts.sections} sections of ${counts.pages} pages, ${result.embedding.name}` +
      (result.without.length > 0 ? `, without ${result.without.join(', ')}` : ''),
    '',
    '                 hit                     recall  precision  mrr',
  ]
  for (const by of ['section', 'page'] as const) {
    for (const k of depths) {
      const hit = intervals[by][`hit@${k}`]
      if (hit === undefined) continue
      lines.push(
        `${by.padEnd(8)} @${String(k).padEnd(4)}  ${formatFigure(hit.value)} [${formatFigure(hit.low)}, ${formatFigure(hit.high)}]   ` +
          `${figureOf(metrics[by][`recall@${k}`])}   ${figureOf(metrics[by][`precision@${k}`])}      ` +
          figureOf(metrics[by][`mrr@${k}`]),
      )
    }
    lines.push('')
  }
  const percent = (share: number | null) => (share === null ? '–' : `${(share * 100).toFixed(1)} %`)
  lines.push(
    `refused: ${percent(abstention.refusedAnswerable)} of the answerable` +
      (counts.unanswerable > 0
        ? `, ${percent(abstention.refusedUnanswerable)} of ${counts.unanswerable} unanswerable; AUROC ${figureOf(abstention.auroc)}` +
          `; ${percent(abstention.refusedUnanswerableAt3Percent)} would be refused at 3 % of the answerable`
        : ''),
  )
  for (const [kind, share] of Object.entries(abstention.refusedByKind)) {
    lines.push(`  ${kind}: ${percent(share)} refused, AUROC ${figureOf(abstention.aurocByKind[kind])}`)
  }
  lines.push(
    `question to results: p50 ${latency.p50.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms, max ${latency.max.toFixed(1)} ms`,
  )
  if (answers !== null) lines.push('', ...answerLines(answers))

  const placed = [...result.questions]
    .filter(({section}) => section !== null)
    .sort((a, b) => (b.rank.page ?? 999) - (a.rank.page ?? 999))
  if (worst > 0 && placed.length > 0) {
    lines.push('', 'The worst:')
    for (const {id, question, rank, relevant, retrieved} of placed.slice(0, worst)) {
      lines.push(`  ${cleanLine(`${id} ${question}`)}`)
      lines.push(`    wanted ${relevant.join(' ')} (page at ${rank.page ?? 'none'})`)
      for (const hit of retrieved.slice(0, 3)) lines.push(`    found  ${hit.url} ${hit.score.toFixed(3)}`)
    }
    lines.push('', 'The slowest:')
    const slow = [...result.questions].sort((a, b) => b.tookMs - a.tookMs).slice(0, worst)
    for (const {id, question, tookMs} of slow)
      lines.push(`  ${tookMs.toFixed(1)} ms ${cleanLine(`${id} ${question.slice(0, 100)}`)}`)
  }
  return lines.join('\n')
}

function figureOf(value: number | null | undefined): string {
  return value == null ? '–' : formatFigure(value)
}

/** One line for each figure: value, interval, meaning. */
function answerLines({figures, citations}: AnswerMeasures): string[] {
  const meanings: Readonly<Record<string, string>> = answerFigureNames
  const known = Object.keys(answerFigureNames).filter((name) => Object.hasOwn(figures, name))
  const kinds = Object.keys(figures).filter((name) => !Object.hasOwn(answerFigureNames, name))
  const faults = Object.entries(citations.faults).filter(([, count]) => count > 0)
  return [
    'quoted answers:',
    ...[...known, ...kinds.sort()].map((name) => {
      const {value, low, high, questions} = figures[name]!
      const shown = name === 'words' ? (count: number) => count.toFixed(0) : formatFigure
      return (
        `  ${name.padEnd(20)} ${shown(value).padStart(5)} [${shown(low)}, ${shown(high)}]` +
        `  ${meanings[name] ?? 'questions of this kind that are refused'} (${questions})`
      )
    }),
    ...(faults.length > 0
      ? [
          `  of ${citations.total} citations do not hold, by what is wrong: ` +
            faults.map(([fault, count]) => `${fault} ${count}`).join(', '),
        ]
      : []),
    ...(citations.uncited > 0 ? [`  answers without a citation: ${citations.uncited}`] : []),
  ]
}

/** Formats the changes from an earlier run. */
export function showComparison(
  comparison: readonly Comparison[],
  {paired, onlyBefore, onlyAfter}: Pairing,
): string {
  const lines = [
    '',
    `Compared with the earlier run: ${paired} questions in both, ${onlyBefore} only in that, ${onlyAfter} only in this`,
  ]
  for (const {metric, before, after, difference, won, lost, more, fewer} of comparison) {
    const changed = (word: string, ids: readonly string[]) =>
      `${word} ${ids.length}${ids.length > 0 ? ` (${ids.slice(0, 6).join(' ')})` : ''}`
    lines.push(
      `  ${metric.padEnd(27)} ${before.toFixed(3)} → ${after.toFixed(3)}  ` +
        `${difference.value >= 0 ? '+' : ''}${difference.value.toFixed(3)} [${difference.low.toFixed(3)}, ${difference.high.toFixed(3)}]  ` +
        (more === undefined
          ? `won ${won.length}, ${changed('lost', lost)}`
          : `more ${more.length}, ${changed('fewer', fewer ?? [])}`),
    )
  }
  return lines.join('\n')
}

/** A Markdown table of what each stage contributes. */
export function showAblation(whole: Evaluation, ablation: readonly Evaluation[]): string {
  const names = ['section.hit@5', 'section.mrr@10', 'page.hit@1', 'page.hit@5', 'page.mrr@10'] as const
  const row = (title: string, {metrics, abstention}: Evaluation) =>
    `| ${title} | ${names
      .map((name) => {
        const [by, metric] = name.split('.') as ['section' | 'page', string]
        return (metrics[by][metric] ?? 0).toFixed(3)
      })
      .join(' | ')} | ${abstention.auroc === null ? '–' : abstention.auroc.toFixed(3)} |`
  return [
    '',
    `| stages | ${names.join(' | ')} | AUROC |`,
    `|---|${names.map(() => '---').join('|')}|---|`,
    row('all', whole),
    ...ablation.map((result) => row(`without ${result.without.join(', ')}`, result)),
  ].join('\n')
}
