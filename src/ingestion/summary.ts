import type {Diagnostic} from '../domain/index.ts'
import {cleanLine} from '../lib/clean-text.ts'
import {staffQuestionFile} from '../question-sets/index.ts'
import type {IngestReport, PageChange, StaffQuestionsReport} from './ingest-report.ts'
import {otherFormatsLine} from './other-formats.ts'

/** So many of the gaps that a build closes are named. */
const maxGapsNamed = 5

/** The report as lines for a docs writer: what was done, what changed, what needs attention. */
export function summaryOf(report: IngestReport, {maxDiagnostics = 20, maxChanges = 20} = {}): string {
  const {pages, passages, fidelity} = report
  const lines: string[] = [headlineOf(report)]

  const counts = [
    [pages.new, 'new'],
    [pages.changed, 'changed'],
    [pages.moved, 'moved'],
    [pages.removed, 'removed'],
    [pages.unchanged, 'unchanged'],
    [pages.setAside - pages.unread, 'set aside'],
    [pages.unread, 'could not be read'],
    [pages.stale, 'unreadable, kept in an older version'],
  ] as const
  const shown = counts.filter(([count]) => count > 0).map(([count, name]) => `${number(count)} ${name}`)
  lines.push(`  pages     ${number(pages.total)}${shown.length > 0 ? ` (${shown.join(', ')})` : ''}`)
  for (const [reason, count] of Object.entries(report.setAsideBecause))
    lines.push(`            ${number(count)} set aside: ${reason}`)
  lines.push(
    `  passages  ${number(passages.total)} (${number(passages.added)} new, ${number(passages.removed)} gone, ${number(passages.embedded)} embedded)`,
  )
  if (fidelity.visibleWords > 0) {
    const stale = pages.stale === 0 ? '' : `, ${pagesOf(pages.stale)} in an older version`
    const unread = pages.unread === 0 ? '' : `; ${pagesOf(pages.unread)} could not be read`
    lines.push(
      `  text      ${percent(fidelity.keptWords, fidelity.visibleWords)} of ${number(fidelity.visibleWords)} visible words kept${stale}${unread}`,
    )
  }
  const notRead = otherFormatsLine(report.otherFormats)
  if (notRead !== null) lines.push(`  not read  ${notRead}`)
  lines.push(...sourceLines(report))
  lines.push(`  site      ${siteShown(report)}; model ${report.embedding.name}`)
  for (const {name, otherSites} of report.sources)
    if (otherSites !== null) lines.push(`            ${name === null ? '' : `${name}: `}${otherSites}`)
  if (report.fullBecause && report.previous !== null && report.outcome !== 'unchanged')
    lines.push(`  rebuilt in full because ${report.fullBecause}`)
  if (report.renewedBecause)
    lines.push(
      `  ${report.outcome === 'dry-run' ? 'would be renewed' : 'renewed'} because ${report.renewedBecause}`,
    )
  if (report.golden) {
    lines.push(
      `  golden    ${percent(report.golden.hitAt5, 1)} of ${report.golden.questions} questions find their section`,
    )
  }
  if (report.staffQuestions) lines.push(`  golden    ${staffQuestionsLine(report.staffQuestions)}`)
  if (report.graph) {
    const {ef, shortlist, recall} = report.graph
    const mode = ef === undefined ? `sketches, shortlist ${number(shortlist)}` : `ef ${number(ef)}`
    lines.push(`  vectors   ${(10 * recall.at10).toFixed(2)} of the 10 nearest passages found (${mode})`)
  }
  if (report.gapsClosed != null && report.gapsClosed.length > 0) {
    const shown = report.gapsClosed
      .slice(0, maxGapsNamed)
      .map(({title, size}) => `${cleanLine(title)} (${number(size)})`)
    const more = report.gapsClosed.length - shown.length
    lines.push(
      `  gaps      ${number(report.gapsClosed.length)} closed: ${shown.join('; ')}${more > 0 ? `; and ${number(more)} more` : ''}`,
    )
  }
  const stages = Object.entries(report.stages).filter(([, ms]) => ms >= 10)
  lines.push(
    `  time      ${seconds(report.tookMs)}${stages.length > 0 ? ` (${stages.map(([name, ms]) => `${name} ${seconds(ms)}`).join(', ')})` : ''}`,
  )

  // In a first index every page is new, and a list of all pages says nothing.
  if (report.changes.length > 0 && report.previous !== null) {
    lines.push('', ...some(report.changes.map(changeLine), maxChanges, 'more pages'))
  }
  lines.push(...problemLines(report.diagnostics, maxDiagnostics))
  lines.push(...unknownLines(fidelity.constructs))
  if (fidelity.losing.length > 0) {
    lines.push(
      '',
      `${pagesOf(fidelity.losing.length)} ${fidelity.losing.length === 1 ? 'loses' : 'lose'} text:`,
    )
    const losing = fidelity.losing.map(
      ({path, visibleWords, keptWords}) =>
        `  ${path}: ${number(visibleWords - keptWords)} of ${number(visibleWords)} words`,
    )
    lines.push(...some(losing, maxDiagnostics, 'more pages'))
  }
  for (const {passed, detail} of report.gates) if (!passed) lines.push('', `Gate: ${detail}`)
  // A line break in a file name must not start a new line.
  return lines.map(cleanLine).join('\n')
}

/** Most of the missed questions that are named, by their ids. */
const maxMissed = 5

function staffQuestionsLine(report: StaffQuestionsReport): string {
  const {asked, found, missed, problem} = report
  if (problem !== null) return `the staff's questions could not be asked: ${problem}`
  const named = missed.slice(0, maxMissed).join(', ')
  const more = asked - found - Math.min(missed.length, maxMissed)
  const not = found === asked ? '' : `; not ${named}${more > 0 ? ` and ${number(more)} more` : ''}`
  return `${number(found)} of ${number(asked)} of the staff's questions find their section${not}${unreadLines(report)}`
}

function unreadLines({problems, problemCount}: StaffQuestionsReport): string {
  const [first] = problems
  if (first === undefined) return ''
  const lines = problemCount === 1 ? 'a line' : `${number(problemCount)} lines`
  return `; ${lines} left out: ${staffQuestionFile}:${first.line} ${first.problem}`
}

/** Where the docs came from; nothing for a single folder. */
function sourceLines({sources}: IngestReport): string[] {
  if (sources.length === 1 && sources[0]!.commit === null && sources[0]!.problem === null) return []
  return sources.map(({name, place, commit, site, problem}) => {
    const at = commit === null ? '' : ` at ${commit.slice(0, 12)}`
    const state = problem === null ? '' : commit === null ? ', unreachable' : ', unreachable since'
    return `  source    ${name === null ? '' : `${name}: `}${place}${at} (${site}${state})`
  })
}

function siteShown({site}: IngestReport): string {
  return site === 'plain'
    ? 'plain: the routes of its generator are not known, so addresses are the paths of the files (see --explain)'
    : site
}

function headlineOf({outcome, build, previous}: IngestReport): string {
  switch (outcome) {
    case 'published':
      return `Published ${build}${previous ? `; the previous build was ${previous}` : ''}.`
    case 'unchanged':
      return `Nothing changed; ${build} stays current.`
    case 'refused':
      return `Not published; ${previous ?? 'no build'} stays current.`
    case 'dry-run':
      return 'Dry run: this is what would change; nothing was written.'
  }
}

/** Problems grouped by rule: errors first, then the most frequent. */
function problemLines(diagnostics: readonly Diagnostic[], most: number): string[] {
  const problems = diagnostics.filter(({severity}) => severity !== 'info')
  if (problems.length === 0) return []
  const rules = new Map<string, Diagnostic[]>()
  for (const problem of problems) {
    const known = rules.get(problem.rule)
    if (known) known.push(problem)
    else rules.set(problem.rule, [problem])
  }
  const order = [...rules].sort(
    ([, one], [, other]) =>
      Number(other[0]!.severity === 'error') - Number(one[0]!.severity === 'error') ||
      other.length - one.length,
  )
  const lines = [
    '',
    `Needs attention: ${number(problems.length)} ${problems.length === 1 ? 'problem' : 'problems'}`,
  ]
  const each = Math.max(3, Math.floor(most / order.length))
  for (const [rule, found] of order) {
    const common = commonHint(found)
    lines.push(
      `  ${rule} (${found[0]!.severity}, ${number(found.length)})${common === null ? '' : `: ${common}`}`,
    )
    const places = byPage(found).map(([{path, line, reason, hint}, others]) => {
      const place = line === null ? path : `${path}:${line}`
      const more = others === 0 ? '' : ` [and ${number(others)} more on this page]`
      return `    ${place}  ${reason}${hint && common === null ? ` (${hint})` : ''}${more}`
    })
    lines.push(...some(places, each, 'more pages', '    '))
  }
  if (lines.some((line) => line.includes('…'))) lines.push('  --json lists all of them')
  return lines
}

/** Most of what a list of unknown constructs names. */
const maxUnknown = 12

/** What all of several problems hint at; null for a single one, and where they differ. */
function commonHint([first, ...others]: readonly Diagnostic[]): string | null {
  const hint = first?.hint ?? null
  return others.length > 0 && others.every((other) => other.hint === hint) ? hint : null
}

/** The first problem of each page, and how many others of the kind the page has. */
function byPage(problems: readonly Diagnostic[]): [first: Diagnostic, others: number][] {
  const pages = new Map<string, [Diagnostic, number]>()
  for (const problem of problems) {
    const known = pages.get(problem.path)
    if (known) known[1]++
    else pages.set(problem.path, [problem, 0])
  }
  return [...pages.values()]
}

/** What no rule knows, each once: what loses most words first, then what is most frequent. */
function unknownLines(constructs: IngestReport['fidelity']['constructs']): string[] {
  const unknown = Object.entries(constructs)
    .flatMap(([name, {notUnderstood, lostWords, most}]) =>
      most === null ? [] : [{name, notUnderstood, lostWords, most}],
    )
    .sort((one, other) => other.lostWords - one.lostWords || other.notUnderstood - one.notUnderstood)
  if (unknown.length === 0) return []
  const named = unknown.map(({name, notUnderstood, lostWords, most}) => {
    const lost = lostWords === 0 ? '' : `, ${number(lostWords)} ${lostWords === 1 ? 'word' : 'words'} lost`
    const where = notUnderstood === most.count ? most.path : `most in ${most.path} (${number(most.count)})`
    return `  ${name}  ${number(notUnderstood)}×${lost}, ${where}`
  })
  return [
    '',
    `Not understood: ${number(unknown.length)} ${unknown.length === 1 ? 'construct' : 'constructs'}. The text between their marks is kept; what they add themselves may be missing.`,
    ...some(named, maxUnknown, 'more'),
    '  To have what is missing, write it as Markdown on the page.',
  ]
}

function changeLine({path, kind, from, passages}: PageChange): string {
  const marks = {new: '+', changed: '~', moved: '>', removed: '-'}
  const parts = [
    passages.added > 0 ? `+${passages.added}` : '',
    passages.removed > 0 ? `-${passages.removed}` : '',
    passages.kept > 0 ? `${passages.kept} unchanged` : '',
  ].filter(Boolean)
  return `  ${marks[kind]} ${path}${from ? ` (was ${from})` : ''}  ${parts.join(', ') || 'no passages'}`
}

function some(lines: readonly string[], most: number, rest: string, indent = '  '): string[] {
  if (lines.length <= most) return [...lines]
  return [...lines.slice(0, most), `${indent}… ${number(lines.length - most)} ${rest}`]
}

function pagesOf(count: number): string {
  return `${number(count)} ${count === 1 ? 'page' : 'pages'}`
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function percent(part: number, whole: number): string {
  // Never rounded up to 100.
  return part === whole ? '100 %' : `${(Math.floor((10_000 * part) / whole) / 100).toFixed(2)} %`
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`
}
