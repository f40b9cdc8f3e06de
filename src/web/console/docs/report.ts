import {html, nothing, type TemplateResult} from 'lit'
import {count, counted, duration} from '../format.ts'
import {icon} from '../icons.ts'
import {isolated} from '../visible.ts'
import {pathOfChanges, pathOfDocs, tile} from './frame.ts'
import type {Diagnostic, Gate, Report} from './wire.ts'

const shownFirst = 8

const kindWords = {new: 'New', changed: 'Changed', moved: 'Moved', removed: 'Removed'} as const

/** What an ingest did: what changed, what was lost, what the docs have wrong. */
export function report(report: Report): TemplateResult {
  const {pages, passages, fidelity, gates} = report
  const failed = gates.filter(({passed}) => !passed)
  const unread = unreadLines(report)
  const problems = [...report.diagnostics.filter(({severity}) => severity !== 'info'), ...unread]
  const byRule = {...report.byRule, [unreadRule]: report.staffQuestions?.problemCount ?? unread.length}
  return html`<div class="report">
    ${failed.length === 0 ? nothing : gatesOf(failed)}
    <dl class="tiles">
      ${tile('Pages', count(pages.total), pageCounts(report))}
      ${tile('Passages', count(passages.total), `${count(passages.added)} new, ${count(passages.removed)} gone, ${count(passages.embedded)} embedded`)}
      ${fidelity.visibleWords === 0 ? nothing : tile('Text kept', percent(fidelity.keptWords, fidelity.visibleWords), `of ${counted(fidelity.visibleWords, 'word')} that readers see`)}
      ${report.golden === null ? nothing : tile('Golden questions', percent(report.golden.hitAt5, 1), `of ${count(report.golden.questions)} find their section`)}
      ${staffQuestions(report)}
      ${tile('Took', duration(report.tookMs), report.fullBecause === null ? 'Only what changed was read' : 'Everything was read')}
    </dl>
    ${sources(report)}
    ${changes(report)}
    ${problems.length === 0 ? allFine(report) : diagnostics(problems, byRule)}
    ${unknown(report)}
    ${losing(report)}
    ${aside(report)}
    ${failed.length > 0 || gates.length === 0 ? nothing : fold('Gates', `${counted(gates.length, 'gate')} passed`, html`<ul class="plain-list">${gates.map(({detail}) => html`<li><span class="outcome good">${icon('check')}</span> ${isolated(capital(detail))}</li>`)}</ul>`)}
    ${fold('Time of each stage', duration(report.tookMs), html`<dl class="facts">${Object.entries(report.stages).map(([name, ms]) => html`<div><dt>${name}</dt><dd>${duration(ms)}</dd></div>`)}</dl>`)}
  </div>`
}

function staffQuestions({staffQuestions: all}: Report): TemplateResult | typeof nothing {
  if (all == null) return nothing
  const {asked, found, problem} = all
  const list = html`<a href=${pathOfDocs('golden')}>${problem === null ? `of ${count(asked)} that staff made find their section` : isolated(problem)}</a>`
  return tile('Golden questions of the staff', problem === null ? count(found) : '–', list)
}

function pageCounts({pages}: Report): string {
  const counts = [
    [pages.new, 'new'],
    [pages.changed, 'changed'],
    [pages.moved, 'moved'],
    [pages.removed, 'removed'],
    [pages.stale, 'unreadable, kept as they were'],
    [pages.unread, 'unreadable'],
  ] as const
  const words = counts.flatMap(([number, word]) => (number === 0 ? [] : [`${count(number)} ${word}`]))
  return words.length === 0 ? 'none changed' : words.join(', ')
}

const gateAdvice: Readonly<Record<string, string>> = {
  shrink:
    'Look at the pages that are gone below. If they are meant to be, publish all the same; if not, see why the content folder lacks them.',
  empty: 'Look at where the docs are read from, and at the files that are set aside below.',
  golden:
    'Ask the golden questions in the search playground, and see which pages they missed. If the questions are out of date, edit docent.golden.jsonl.',
}

function gatesOf(failed: readonly Gate[]): TemplateResult {
  return html`<section class="gates"><h2>${failed.length === 1 ? 'A gate refused this build' : `${count(failed.length)} gates refused this build`}</h2>
    <ul>${failed.map(({name, detail}) => html`<li><p><strong>${capital(name)}</strong> ${isolated(detail)}</p><p class="quiet">${gateAdvice[name] ?? 'Look at what changed below.'}</p></li>`)}</ul></section>`
}

function sources({sources: all}: Report): TemplateResult | typeof nothing {
  const problems = all.filter(({problem}) => problem !== null)
  if (problems.length === 0) return nothing
  return html`<div class="problem" role="note"><p>Not brought up to date, so their last state was read:</p><ul>${problems.map(({name, place, problem}) => html`<li>${isolated(name ?? place)}: ${isolated(problem!)}</li>`)}</ul></div>`
}

function changes({changes: all, pages, build, previous}: Report): TemplateResult | typeof nothing {
  const total = pages.new + pages.changed + pages.moved + pages.removed
  if (total === 0) return nothing
  const difference =
    build === null || previous === null || build === previous
      ? nothing
      : html`<a class="button" href=${pathOfChanges(previous, build)}>See the difference</a>`
  const item = ({path, kind, from, passages}: Report['changes'][number]): TemplateResult =>
    html`<li><span class="kind ${kind}">${kindWords[kind]}</span><span class="path">${isolated(path)}${from === undefined ? nothing : html` <span class="quiet">was ${isolated(from)}</span>`}</span>
      <span class="quiet sums">${passages.added === 0 ? nothing : html`<span class="plus">+${passages.added}</span>`} ${passages.removed === 0 ? nothing : html`<span class="minus">−${passages.removed}</span>`}</span></li>`
  return html`<section class="block"><div class="head spread"><h2>What changed <span class="n">${count(total)}</span></h2>${difference}</div>
    ${listOf(all, item, total, 'change-list', 'pages')}</section>`
}

function allFine({fidelity}: Report): TemplateResult | typeof nothing {
  if (fidelity.losing.length > 0) return nothing
  return html`<p class="fine"><span class="outcome good">${icon('check')}<span>No problems in the docs: no broken link, nothing that was lost.</span></span></p>`
}

const unreadRule = 'unread-golden-line'

/** Golden questions of the staff that were left out, since their lines cannot be read. */
function unreadLines({staffQuestions}: Report): readonly Diagnostic[] {
  return (staffQuestions?.problems ?? []).map(({line, problem}) => ({
    path: 'golden.jsonl',
    line,
    rule: unreadRule,
    severity: 'warning',
    reason: problem,
    hint: 'The line is left out, and stays in the file. Mend it there, in DATA_DIR.',
  }))
}

const ruleWords: Readonly<Record<string, string>> = {
  'broken-link': 'Broken links',
  'broken-anchor': 'Links to sections that do not exist',
  'duplicate-anchor': 'Sections with the same anchor',
  'not-understood': 'Constructs that are not understood',
  [unreadRule]: 'Golden questions that cannot be read',
}

/** Problems by rule: errors first, then the most frequent. */
function diagnostics(problems: readonly Diagnostic[], byRule: Report['byRule']): TemplateResult {
  const rules = new Map<string, Diagnostic[]>()
  for (const problem of problems) rules.set(problem.rule, [...(rules.get(problem.rule) ?? []), problem])
  const order = [...rules].sort(
    ([, one], [, other]) =>
      Number(other[0]!.severity === 'error') - Number(one[0]!.severity === 'error') ||
      other.length - one.length,
  )
  const total = order.reduce((sum, [rule, found]) => sum + (byRule[rule] ?? found.length), 0)
  return html`<section class="block"><h2>Needs attention <span class="n">${count(total)}</span></h2>
    ${order.map(([rule, found], index) => {
      const all = byRule[rule] ?? found.length
      const [{severity, hint}] = found as [Diagnostic]
      const isCommon = hint !== undefined && found.every((one) => one.hint === hint)
      return html`<details class="rule" ?open=${index === 0}><summary><span class="outcome ${severity === 'error' ? 'bad' : 'warn'}">${icon('alert')}<span>${ruleWords[rule] ?? words(rule)}</span></span> <span class="n">${count(all)}</span></summary>
        ${isCommon ? html`<p class="quiet">${isolated(capital(hint))}</p>` : nothing}
        ${listOf(found, (problem) => place(problem, !isCommon), all, 'places', 'places')}</details>`
    })}</section>`
}

function place({path, line, reason, hint}: Diagnostic, withHint: boolean): TemplateResult {
  return html`<li><code>${isolated(line === null ? path : `${path}:${line}`)}</code><span>${isolated(reason)}${withHint && hint !== undefined ? html` <span class="quiet">${isolated(hint)}</span>` : nothing}</span></li>`
}

function unknown({fidelity}: Report): TemplateResult | typeof nothing {
  const all = Object.entries(fidelity.constructs)
    .filter(([, {most}]) => most !== null)
    .sort(([, one], [, other]) => other.lostWords - one.lostWords || other.notUnderstood - one.notUnderstood)
  if (all.length === 0) return nothing
  return html`<section class="block"><h2>Not understood <span class="n">${count(all.length)}</span></h2>
    <p class="quiet">The text between their marks is kept; what they add themselves may be missing. Write it as Markdown on the page to have it.</p>
    <div class="scroll" tabindex="0" role="group" aria-label="Constructs that are not understood"><table><thead><tr><th scope="col">Construct</th><th scope="col" class="num">Times</th><th scope="col" class="num">Words lost</th><th scope="col">Most in</th></tr></thead>
    <tbody>${all.slice(0, 40).map(([name, {notUnderstood, lostWords, most}]) => html`<tr><th scope="row"><code>${isolated(name)}</code></th><td class="num">${count(notUnderstood)}</td><td class="num">${count(lostWords)}</td><td>${isolated(most!.path)}</td></tr>`)}</tbody></table></div></section>`
}

function losing({fidelity: {losing: all}}: Report): TemplateResult | typeof nothing {
  if (all.length === 0) return nothing
  const item = ({path, visibleWords, keptWords}: (typeof all)[number]): TemplateResult =>
    html`<li><code>${isolated(path)}</code><span>${counted(visibleWords - keptWords, 'word')} of ${count(visibleWords)} lost</span></li>`
  return html`<section class="block"><h2>Pages that lose text <span class="n">${count(all.length)}</span></h2>${listOf(all, item, all.length, 'places', 'pages')}</section>`
}

function aside({pages, setAsideBecause, otherFormats}: Report): TemplateResult | typeof nothing {
  const reasons = Object.entries(setAsideBecause)
  const others = Object.entries(otherFormats)
  if (pages.setAside === 0 && others.length === 0) return nothing
  const item = ([name, number]: [string, number]): TemplateResult =>
    html`<li><span>${isolated(capital(name))}</span><span class="num">${count(number)}</span></li>`
  return fold(
    'Files without a page',
    counted(pages.setAside, 'file'),
    html`<ul class="pairs">${reasons.map(item)}${others.map(([ending, number]) => item([`${ending}, which is not read`, number]))}</ul>`,
  )
}

function fold(title: string, more: string, content: TemplateResult): TemplateResult {
  return html`<details class="fold"><summary>${title} <span class="quiet">${more}</span></summary>${content}</details>`
}

/** The first items, the others below a line that opens them, and how many more there are than were sent. */
function listOf<T>(
  all: readonly T[],
  item: (one: T) => TemplateResult,
  total: number,
  name: string,
  what: string,
): TemplateResult {
  const first = all.slice(0, shownFirst)
  const rest = all.slice(shownFirst)
  const unsent = Math.max(0, total - all.length)
  return html`<ul class=${name}>${first.map(item)}</ul>
    ${rest.length === 0 ? nothing : html`<details class="rest"><summary>${count(rest.length)} more ${what}</summary><ul class=${name}>${rest.map(item)}</ul></details>`}
    ${unsent === 0 ? nothing : html`<p class="quiet">And ${count(unsent)} more ${what}.</p>`}`
}

function words(rule: string): string {
  return capital(rule.replaceAll('-', ' '))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Never rounded up to 100. */
function percent(part: number, whole: number): string {
  return part === whole ? '100 %' : `${(Math.floor((10_000 * part) / whole) / 100).toFixed(2)} %`
}
