import {html, nothing, type TemplateResult} from 'lit'
import {sectionAddress} from '../../../lib/section-address.ts'
import {copyText} from '../../assistant/browser.ts'
import {messageOf} from '../api.ts'
import {docsView, loadFailed, loading} from '../docs/frame.ts'
import {LoadedView} from '../docs/loaded-view.ts'
import type {StaffQuestions} from '../docs/wire.ts'
import {count, counted, timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {pathOfTranscript} from '../router.ts'
import {isolated} from '../visible.ts'
import type {GoldenItem, GoldenPage, RelevantSection} from './wire.ts'

const evalCommand = 'npm run eval -- --golden'

/** The golden questions that staff made. All of what it shows is in its address. */
export class GoldenView extends LoadedView<GoldenPage> {
  #isLoadingMore = false

  protected wanted(): string {
    const q = this.parameters.get('q')?.trim() ?? ''
    return `/golden${q === '' ? '' : `?${new URLSearchParams({q})}`}`
  }

  protected read(path: string, signal: AbortSignal): Promise<GoldenPage> {
    return this.context.api.send<GoldenPage>(path, {signal})
  }

  protected override render(): TemplateResult {
    this.context.title('Golden questions')
    const total = this.value === null ? nothing : counted(this.value.total, 'question')
    return docsView('Golden questions', 'golden', this.#content(), {
      aside: html`<p class="quiet total" role="status">${total}</p>`,
      isAlone: !this.context.may('read_builds'),
    })
  }

  #content(): TemplateResult {
    const lead = html`<p class="quiet lead">Questions with the sections that should be found for them. Every reindex asks them and reports how many find their section; none of them refuses a build. Make one from a transcript.</p>`
    if (this.problem !== null)
      return html`${lead}${loadFailed('The questions could not be loaded', this.problem, this.reload)}`
    if (this.value === null) return html`${lead}${loading('golden questions')}`
    const {items, total, asked} = this.value
    const unread = unreadLines(this.value)
    const q = this.parameters.get('q') ?? ''
    if (total === 0 && q === '')
      return html`${lead}${unread}<div class="notice"><h2>No golden questions yet</h2><p>Open a transcript and choose “Make it a golden question”.</p></div>`
    return html`${lead}${unread}${asked === null ? nothing : askedLine(asked)}
      <form class="search page-search" role="search" @submit=${this.#search}><label><span class="sr">Words in questions</span>${icon('search')}<input type="search" name="q" dir="auto" maxlength="1000" placeholder="Words in questions" .value=${q}></label><button class="button" type="submit">Search</button></form>
      ${total === 0 ? html`<div class="notice"><h2>No question has these words</h2><p><a href="/console/docs/golden">Show all golden questions</a></p></div>` : this.#list(items, new Set(asked?.missed))}
      ${this.#more()}${this.#command()}`
  }

  #list(items: readonly GoldenItem[], missed: ReadonlySet<string>): TemplateResult {
    return html`<ol class="golden-list ${this.isLoading ? 'loading' : ''}" aria-label="Golden questions">${items.map((item) => this.#item(item, missed.has(item.id)))}</ol>`
  }

  #item(item: GoldenItem, isMissed: boolean): TemplateResult {
    const {id, question, relevant, lang, version, addedBy, addedAt, from} = item
    const {may} = this.context
    const where = [lang, version].filter((one) => one !== null)
    return html`<li>
      <div><p class="strong"><bdi>${isolated(question)}</bdi> ${where.map((one) => html`<span class="chip">${isolated(one)}</span> `)}${isMissed ? html`<span class="outcome warn">${icon('alert')}<span>Not found</span></span>` : nothing}</p>
        <ul class="plain-list">${relevant.map(sectionLine)}</ul>
        <p class="quiet">${addedBy === null ? 'Written into the file' : html`Added by ${isolated(addedBy)}`} ${addedAt === null ? nothing : timeAgo(addedAt)}${from?.answer === undefined || !may('read_transcripts') ? nothing : html` · <a href=${pathOfTranscript(from.answer)}>the answer</a>`}</p></div>
      ${may('delete_golden') ? html`<button class="button" type="button" @click=${() => void this.#delete(id, question)}>${icon('trash')}Delete…<span class="sr"> ${question}</span></button>` : nothing}</li>`
  }

  #more(): TemplateResult | typeof nothing {
    if (this.value?.nextCursor == null) return nothing
    return html`<p class="more"><button class="button" type="button" aria-disabled=${this.#isLoadingMore} @click=${() => void this.#loadMore()}>Show more</button></p>`
  }

  #command(): TemplateResult {
    return html`<section class="block"><h2>Measure them</h2><p class="quiet">On the server’s machine. They are in <code>${isolated(this.value!.path)}</code>.</p>
      <p class="command"><code>${evalCommand}</code> <button class="button" type="button" @click=${this.#copy}>Copy</button></p></section>`
  }

  readonly #copy = async (): Promise<void> => {
    try {
      await copyText(evalCommand)
      this.context.announce('Copied')
    } catch {
      this.context.announce('The browser did not allow to copy it')
    }
  }

  readonly #search = (event: SubmitEvent): void => {
    event.preventDefault()
    this.go({q: String(new FormData(event.target as HTMLFormElement).get('q') ?? '').trim()})
  }

  async #loadMore(): Promise<void> {
    const shown = this.value!
    if (this.#isLoadingMore || shown.nextCursor === null) return
    this.#isLoadingMore = true
    this.requestUpdate()
    try {
      const path = this.wanted()
      const next = await this.context.api.send<GoldenPage>(
        `${path}${path.includes('?') ? '&' : '?'}cursor=${shown.nextCursor}`,
      )
      // Something else is shown meanwhile.
      if (this.value === shown) this.value = {...next, items: [...shown.items, ...next.items]}
    } catch (error) {
      this.context.announce(messageOf(error))
    }
    this.#isLoadingMore = false
    this.requestUpdate()
  }

  async #delete(id: string, question: string): Promise<void> {
    const {confirm, api, announce} = this.context
    const text = `“${question.slice(0, 200)}” is asked no longer, and its words are gone.`
    if (!(await confirm({title: 'Delete this golden question?', text, action: 'Delete'}))) return
    try {
      await api.send(`/golden/${encodeURIComponent(id)}`, {method: 'DELETE'})
      announce('Deleted')
      const {value} = this
      if (value === null) return
      const items = value.items.filter((item) => item.id !== id)
      // What follows has moved up by one.
      const nextCursor = value.nextCursor === null ? null : String(items.length)
      this.value = {...value, items, nextCursor, total: value.total - 1}
      this.requestUpdate()
    } catch (error) {
      announce(messageOf(error))
      this.reload()
    }
  }
}

/** How many lines are named; the file has the others. */
const maxNamed = 5

function unreadLines({problems, problemCount, path}: GoldenPage): TemplateResult | typeof nothing {
  if (problemCount === 0) return nothing
  const more = problemCount - Math.min(problems.length, maxNamed)
  return html`<div class="problem" role="note"><p>${counted(problemCount, 'line')} of <code>${isolated(path)}</code> cannot be read and ${problemCount === 1 ? 'is' : 'are'} left out. Mend ${problemCount === 1 ? 'it' : 'them'} in the file:</p>
    <ul>${problems.slice(0, maxNamed).map(({line, problem}) => html`<li>Line ${line}: ${isolated(problem)}</li>`)}${more > 0 ? html`<li>and ${count(more)} more</li>` : nothing}</ul></div>`
}

function askedLine({asked, found, problem}: StaffQuestions): TemplateResult {
  if (problem !== null)
    return html`<p class="problem" role="note">The last reindex could not ask them: ${isolated(problem)}</p>`
  const isAll = found === asked
  return html`<p class="fine"><span class="outcome ${isAll ? 'good' : 'warn'}">${icon(isAll ? 'check' : 'alert')}<span>${count(found)} of ${counted(asked, 'question')} found their section when this build was made.</span></span></p>`
}

function sectionLine(one: RelevantSection): TemplateResult {
  if ('file' in one)
    return html`<li><code>${isolated(one.file)}</code>${one.heading === '' ? nothing : html` › ${isolated(one.heading)}`}</li>`
  const {section} = one
  if (section === null)
    return html`<li><code>${isolated(sectionAddress(one))}</code> <span class="chip">not in the docs yet</span></li>`
  return html`<li><a href=${sectionAddress(section)} target="_blank" rel="noopener">${isolated([section.title, ...section.headings].join(' › '))}</a></li>`
}
