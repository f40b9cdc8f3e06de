import {html, nothing, type TemplateResult} from 'lit'
import {type DiffLine, lineDiffOf} from '../../../lib/line-diff.ts'
import {ApiError, messageOf} from '../api.ts'
import {differenceOf} from '../difference.ts'
import {count, exactTime} from '../format.ts'
import {icon} from '../icons.ts'
import {isolated} from '../visible.ts'
import {docsView, loadFailed, loading, pathOfBuild, pathOfChanges, pathOfDocs} from './frame.ts'
import {LoadedView} from './loaded-view.ts'
import type {Build, ChangedPage, ChangeKind, Changes, SectionTexts} from './wire.ts'

const kinds: readonly (readonly [ChangeKind, string])[] = [
  ['added', 'New'],
  ['changed', 'Changed'],
  ['moved', 'Moved'],
  ['removed', 'Removed'],
]
const kindWords = Object.fromEntries(kinds) as Readonly<Record<ChangeKind, string>>

interface Shown extends Changes {
  readonly builds: readonly Build[]
}

/** What a reader finds different in one build from another. */
export class ChangesView extends LoadedView<Shown> {
  /** The texts of sections that were opened, or why they could not be read, by page and anchor. */
  readonly #texts = new Map<string, readonly DiffLine[] | string | null>()
  #isLoadingMore = false

  get #to(): string {
    return this.rest[1]!
  }

  get #from(): string {
    return this.parameters.get('from') ?? ''
  }

  protected wanted(): string {
    const {parameters} = this
    return `/builds/${encodeURIComponent(this.#to)}/changes?${new URLSearchParams({from: this.#from, ...(parameters.has('kind') ? {kind: parameters.get('kind')!} : {})})}`
  }

  protected async read(path: string, signal: AbortSignal): Promise<Shown> {
    this.#texts.clear()
    const {api} = this.context
    const [{builds}, changes] = await Promise.all([
      api.send<{builds: Build[]}>('/builds', {signal}),
      api.send<Changes>(path, {signal}),
    ])
    return {...changes, builds}
  }

  protected override render(): TemplateResult {
    this.context.title('Difference between builds')
    return docsView('Difference between builds', 'builds', this.#content())
  }

  #content(): TemplateResult {
    if (this.problem instanceof ApiError && this.problem.status === 404)
      return html`<div class="notice"><h2>One of these builds is not kept any more</h2><p><a href=${pathOfDocs('builds')}>See those that are kept</a>.</p></div>`
    if (this.problem !== null)
      return loadFailed('The builds could not be compared', this.problem, this.reload)
    if (this.value === null) return loading('the difference')
    const {totals, pages, builds} = this.value
    const all = kinds.reduce((sum, [kind]) => sum + totals.pages[kind], 0)
    return html`${this.#pickers(builds)}
      ${
        all === 0
          ? html`<div class="notice"><h2>No page differs</h2><p>All ${count(totals.pages.unchanged)} pages read the same in both builds.</p></div>`
          : html`${this.#filters(totals, all)}
            <ul class="changed-pages ${this.isLoading ? 'loading' : ''}" aria-label="Pages that differ">${pages.map((page) => this.#page(page))}</ul>
            ${this.#more()}`
      }`
  }

  #pickers(builds: readonly Build[]): TemplateResult {
    const usable = builds.filter(({manifest}) => manifest !== null)
    const picker = (label: string, chosen: string, go: (id: string) => void): TemplateResult =>
      html`<label class="field inline"><span>${label}</span><select @change=${(event: Event) => go((event.target as HTMLSelectElement).value)}>${usable.map(({id, manifest, isCurrent}) => html`<option value=${id} ?selected=${id === chosen}>${exactTime(Date.parse(manifest!.createdAt))}${isCurrent ? ' (served now)' : ''}</option>`)}</select></label>`
    const {router} = this.context
    return html`<div class="build-tools">${picker('From', this.#from, (id) => router.go(pathOfChanges(id, this.#to)))}
      ${picker('To', this.#to, (id) => router.go(pathOfChanges(this.#from, id)))}
      <a class="button" href=${pathOfBuild(this.#to)}>Report of this build</a></div>`
  }

  #filters({pages, sections}: Changes['totals'], all: number): TemplateResult {
    const kind = this.parameters.get('kind') ?? ''
    const button = (name: string, words: string, number: number): TemplateResult =>
      html`<button type="button" class="tab" aria-pressed=${name === kind} @click=${() => this.go({kind: name})}>${words} <span class="n">${count(number)}</span></button>`
    return html`<div class="tabs" role="group" aria-label="Kinds of change">${button('', 'All', all)}${kinds.filter(([name]) => pages[name] > 0 || name === kind).map(([name, words]) => button(name, words, pages[name]))}</div>
      <p class="quiet lead">Sections: ${count(sections.added)} new, ${count(sections.changed)} changed, ${count(sections.removed)} removed. ${count(pages.unchanged)} pages read the same.</p>`
  }

  #page(page: ChangedPage): TemplateResult {
    const {path, title, titleBefore, kind, from, sections} = page
    return html`<li class="changed-page"><p><span class="kind ${kind}">${kindWords[kind]}</span> <strong>${isolated(title)}</strong>${titleBefore === undefined ? nothing : html` <span class="quiet">was “${isolated(titleBefore)}”</span>`}</p>
      <p class="quiet path">${isolated(path)}${from === undefined ? nothing : html`, before ${isolated(from)}`}</p>
      ${sections.length === 0 ? nothing : html`<ul class="changed-sections">${sections.map((section) => this.#section(page, section))}</ul>`}</li>`
  }

  #section(page: ChangedPage, {anchor, headings, kind}: ChangedPage['sections'][number]): TemplateResult {
    const key = `${page.path}#${anchor}`
    const opened = (event: Event): void => {
      if ((event.target as HTMLDetailsElement).open && !this.#texts.has(key))
        void this.#read(page, anchor, key)
    }
    return html`<li><details @toggle=${opened}><summary><span class="kind ${kind}">${kindWords[kind]}</span> ${isolated(headings.join(' › ') || page.title)}</summary>${this.#text(key)}</details></li>`
  }

  #text(key: string): TemplateResult | typeof nothing {
    const text = this.#texts.get(key)
    if (text === undefined) return nothing
    if (text === null) return html`<p class="quiet" role="status">Loading…</p>`
    if (typeof text === 'string') return html`<p class="problem" role="alert">${text}</p>`
    return differenceOf(text)
  }

  async #read({path, from}: ChangedPage, anchor: string, key: string): Promise<void> {
    this.#texts.set(key, null)
    this.requestUpdate()
    const query = new URLSearchParams({
      from: this.#from,
      path,
      anchor,
      ...(from === undefined ? {} : {pathBefore: from}),
    })
    try {
      const {before, after} = await this.context.api.send<SectionTexts>(
        `/builds/${encodeURIComponent(this.#to)}/changes/section?${query}`,
      )
      const lines = lineDiffOf(before ?? '', after ?? '')
      const isSame = lines.every(({kind}) => kind === 'same')
      this.#texts.set(key, isSame ? 'Only its heading is another one.' : lines)
    } catch (error) {
      this.#texts.set(key, messageOf(error))
    }
    this.requestUpdate()
  }

  #more(): TemplateResult | typeof nothing {
    if (this.value!.nextCursor === null) return nothing
    return html`<p class="more"><button class="button" type="button" aria-disabled=${this.#isLoadingMore} @click=${() => void this.#loadMore()}>${icon('down')}Show more</button></p>`
  }

  async #loadMore(): Promise<void> {
    const shown = this.value!
    if (this.#isLoadingMore || shown.nextCursor === null) return
    this.#isLoadingMore = true
    this.requestUpdate()
    const path = this.wanted()
    try {
      const next = await this.context.api.send<Changes>(`${path}&cursor=${shown.nextCursor}`)
      if (path === this.wanted()) this.value = {...shown, ...next, pages: [...shown.pages, ...next.pages]}
    } catch (error) {
      this.context.announce(messageOf(error))
    }
    this.#isLoadingMore = false
    this.requestUpdate()
  }
}
