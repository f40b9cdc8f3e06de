import {html, nothing, type TemplateResult} from 'lit'
import {ApiError, messageOf} from '../api.ts'
import {count, duration, exactTime} from '../format.ts'
import {icon} from '../icons.ts'
import {isolated, visible} from '../visible.ts'
import {docsView, loadFailed, loading} from './frame.ts'
import {LoadedView} from './loaded-view.ts'
import type {Build, ExplainedSection, Explanation} from './wire.ts'

const reasonWords: Readonly<Record<string, string>> = {
  no_hits: 'No section has anything to do with it.',
  low_score: 'The docs are about this, and say too little of it.',
  off_topic: 'The docs are about something else.',
  other_product: 'It is about software, and not about what these docs describe.',
  version_empty: 'This version of the docs has no page.',
}

const stageWords: readonly (readonly [name: string, words: string])[] = [
  ['rewrite', 'Rewriting the question'],
  ['embed', 'Embedding the question'],
  ['terms', 'Finding its words'],
  ['lexical', 'Search by words'],
  ['semantic', 'Search by meaning'],
  ['fuse', 'Ranking'],
  ['choose', 'Choosing and deciding'],
  ['snippets', 'Preparing sources'],
]

/** Sections that are listed at once, with the best of each search. */
const shownFirst = 12

/** A question in, and what each stage of the search makes of it. */
export class SearchView extends LoadedView<Explanation> {
  /** Those that can be searched; none before they are known. */
  #builds: readonly Build[] = []

  protected override firstUpdated(): void {
    this.context.api.send<{builds: Build[]}>('/builds').then(
      ({builds}) => {
        this.#builds = builds.filter(({manifest}) => manifest !== null)
        this.requestUpdate()
      },
      // The current one can be searched without.
      () => {},
    )
  }

  protected wanted(): string | null {
    const {parameters} = this
    const q = parameters.get('q')?.trim() ?? ''
    if (q === '') return null
    const query = new URLSearchParams({q})
    for (const name of ['version', 'lang', 'build']) {
      const value = parameters.get(name)
      if (value) query.set(name, value)
    }
    return `/search/explain?${query}`
  }

  protected read(path: string, signal: AbortSignal): Promise<Explanation> {
    return this.context.api.send<Explanation>(path, {signal})
  }

  protected override render(): TemplateResult {
    const q = this.parameters.get('q') ?? ''
    this.context.title(q === '' ? 'Search playground' : `${q}, search playground`)
    return docsView('Search playground', 'search', html`${this.#form()}${this.#content()}`)
  }

  #form(): TemplateResult {
    const {parameters} = this
    const more = ['version', 'lang', 'build'].some((name) => parameters.has(name))
    return html`<form class="ask" role="search" @submit=${this.#search}>
      <label class="field wide"><span>A question as a visitor would ask it</span><input type="search" name="q" dir="auto" maxlength="4000" required .value=${parameters.get('q') ?? ''} placeholder="How do I change the port?"></label>
      <button class="primary" type="submit">${icon('search')}Search</button>
      <details class="narrow" ?open=${more}><summary>Version, language, build</summary><div class="narrow-fields">
        <label class="field"><span>Version of the docs</span><input name="version" maxlength="100" autocomplete="off" .value=${parameters.get('version') ?? ''} placeholder="current"></label>
        <label class="field"><span>Language of the visitor</span><input name="lang" maxlength="100" autocomplete="off" .value=${parameters.get('lang') ?? ''} placeholder="that of the question"></label>
        <label class="field"><span>Build</span><select name="build"><option value="">the one that is served</option>${this.#builds.filter(({isCurrent}) => !isCurrent).map(({id, manifest}) => html`<option value=${id} ?selected=${id === parameters.get('build')}>${exactTime(Date.parse(manifest!.createdAt))}</option>`)}</select></label></div>
        <p class="quiet">Another build is opened in a process of its own, which takes some seconds the first time.</p></details>
    </form>`
  }

  readonly #search = (event: SubmitEvent): void => {
    event.preventDefault()
    const fields = new FormData(event.target as HTMLFormElement)
    const value = (name: string): string => String(fields.get(name) ?? '').trim()
    const asked = this.wanted()
    this.go({q: value('q'), version: value('version'), lang: value('lang'), build: value('build')})
    // The same question once more: the docs may have changed.
    void this.updateComplete.then(() => this.wanted() === asked && this.reload())
  }

  #content(): unknown {
    if (this.problem instanceof ApiError && this.problem.code === 'version_not_found')
      return html`<p class="problem" role="alert">${messageOf(this.problem)}</p>`
    if (this.problem !== null) return loadFailed('The search failed', this.problem, this.reload)
    if (this.wanted() === null)
      return html`<div class="notice"><h2>Ask, and see why</h2><p>Each stage of the search is shown with its scores: which sections it found, which of them an answer is written from, and whether Docent would answer at all. Nothing of it is kept.</p></div>`
    if (this.value === null) return loading('the search', 8)
    return html`<div class=${this.isLoading ? 'loading' : ''}>${this.#found(this.value)}</div>`
  }

  #found(found: Explanation): TemplateResult {
    const isFirst = (section: ExplainedSection, index: number): boolean =>
      index < shownFirst || Math.min(section.words?.rank ?? 99, section.vectors?.rank ?? 99) <= 3
    const first = found.sections.filter(isFirst)
    const rest = found.sections.filter((section, index) => !isFirst(section, index))
    return html`${verdict(found)}
      <div class="search-facts">${terms(found)}${timings(found)}</div>
      <section class="block"><h2>Sections <span class="n">${count(found.sections.length)}</span></h2>
        <p class="quiet lead">The rank of each section in each stage, and its score there. An answer is written from those with a number at the left. Open one to read it.</p>
        ${
          found.sections.length === 0
            ? html`<p>No section was found.</p>`
            : html`<ol class="found-rows"><li class="found-head" aria-hidden="true"><span></span><span>Section</span><span>Words</span><span>Meaning</span><span>First sort</span><span>Ranking</span><span>Chosen</span></li>${first.map((section) => row(section, found))}</ol>
        ${rest.length === 0 ? nothing : html`<details class="rest"><summary>${count(rest.length)} more, further down in every stage</summary><ol class="found-rows">${rest.map((section) => row(section, found))}</ol></details>`}`
        }
      </section>`
  }
}

function verdict({abstention, answerability, threshold, shade, unknownWords}: Explanation): TemplateResult {
  const isRefused = abstention !== null
  const words = isRefused
    ? html`<strong>Would be refused.</strong> ${reasonWords[abstention.reason] ?? abstention.reason}`
    : html`<strong>Would be answered${shade === 'partly' ? ', in part' : ''}.</strong> ${shade === 'partly' ? 'Visitors are told that the docs may not have all of it.' : 'The docs have what it asks for.'}`
  const share = (value: number): string => `${(100 * Math.min(1, Math.max(0, value))).toFixed(1)}%`
  return html`<section class="decision ${isRefused ? 'bad' : shade === 'partly' ? 'warn' : 'good'}" aria-label="Whether it would be answered">
    <p class="verdict-line ${isRefused ? 'bad' : shade === 'partly' ? 'warn' : 'good'}">${icon(isRefused ? 'alert' : 'check')}<span>${words}</span></p>
    <div class="meter" role="img" aria-label="Answerability ${answerability.toFixed(2)}, of at least ${threshold.toFixed(2)}"><svg viewBox="0 0 100 10" preserveAspectRatio="none"><rect class="value" width=${(100 * answerability).toFixed(2)} height="10"/></svg><svg class="mark" viewBox="0 0 100 10" preserveAspectRatio="none"><rect x=${(100 * threshold).toFixed(2)} width="0.6" height="10"/></svg></div>
    <p class="quiet">Answerability <strong class="strong">${share(answerability)}</strong>; Docent refuses below ${share(threshold)}.${unknownWords.length === 0 ? nothing : html` The docs never use: ${unknownWords.map((word, index) => html`${index === 0 ? '' : ', '}${isolated(word)}`)}.`}</p></section>`
}

function terms({terms: all, query, lang}: Explanation): TemplateResult {
  return html`<section><h2>Searched for</h2><p class="quiet">${isolated(query)}${lang === null ? nothing : html` <span class="chip">${lang}</span>`}</p>
    ${all.length === 0 ? html`<p>No word that says what it is about.</p>` : html`<ul class="terms">${all.map(({word, weight, known, corrections}) => html`<li class="term ${known ? '' : 'unknown'}"><bdi>${visible(word)}</bdi>${corrections === null ? nothing : html` <span class="quiet">→ ${isolated(corrections.join(', '))}</span>`} <span class="quiet num">${known || corrections !== null ? weight.toFixed(1) : 'not in the docs'}</span></li>`)}</ul>`}</section>`
}

function timings({timings: all}: Explanation): TemplateResult {
  const total = all['total'] ?? 0
  const shown = stageWords.flatMap(([name, words]) =>
    all[name] === undefined ? [] : [[words, all[name]] as const],
  )
  const longest = Math.max(0.01, ...shown.map(([, ms]) => ms))
  return html`<section><h2>Time <span class="quiet">${ms(total)}</span></h2><dl class="bars">${shown.map(([words, value]) => html`<div><dt>${words}</dt><dd><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width=${((100 * value) / longest).toFixed(1)} height="6"/></svg><span>${ms(value)}</span></dd></div>`)}</dl></section>`
}

function ms(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : duration(value)
}

function row(section: ExplainedSection, {sources}: Explanation): TemplateResult {
  const {title, headings, source, words, vectors, first, ranked, chosen} = section
  const stage = (label: string, at: {readonly rank: number; readonly score: number} | null): TemplateResult =>
    html`<span class="stage"><span class="stage-name">${label} </span>${at === null ? html`<span class="quiet">–</span>` : html`<span class="rank">${at.rank}</span> <span class="quiet">${at.score.toFixed(2)}</span>`}</span>`
  const sent = sources.find(({n}) => n === source)
  return html`<li><details class="section-row ${source === null ? '' : 'kept'}"><summary>
      <span class="source-n">${source === null ? html`<span class="sr">not a source</span>` : html`<span class="sr">source </span><span class="n">${source}</span>`}</span>
      <span class="what"><span class="name">${isolated([title, ...headings.filter((heading) => heading !== title)].join(' › '))}</span><span class="quiet path">${isolated(section.path)}${source !== null && ranked === null ? ', given with its neighbour' : nothing}</span></span>
      ${stage('Words', words)}${stage('Meaning', vectors)}${stage('First sort', first)}${stage('Ranking', ranked)}
      <span class="stage"><span class="stage-name">Chosen </span>${chosen === null ? html`<span class="quiet">–</span>` : html`<span class="rank">${chosen}</span>`}</span></summary>
    <div class="opened"><p class="quiet">${sent === undefined ? nothing : `${count(sent.sentWords)} of its ${count(sent.words)} words are sent to a model. `}<a href=${section.url + (section.anchor === '' ? '' : `#${section.anchor}`)} target="_blank" rel="noreferrer">Open the page</a></p>
      <p class="passage" dir="auto">${visible(section.text)}</p>
      ${ranked === null ? nothing : html`<h3>Features behind the ranking</h3><dl class="features">${Object.entries(ranked.features).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value.toFixed(2)}</dd></div>`)}</dl>`}</div></details></li>`
}
