import {html, nothing, type TemplateResult} from 'lit'
import {ApiError, messageOf} from '../api.ts'
import {pathOfBuild, pathOfChanges, pathOfDocs} from '../docs/frame.ts'
import {LoadedView} from '../docs/loaded-view.ts'
import type {Build} from '../docs/wire.ts'
import {counted, timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {pathOfTranscript, pathOfVerifiedAnswer} from '../router.ts'
import {isolated} from '../visible.ts'
import type {Member} from '../wire.ts'
import type {GapWork} from './gap-work.ts'
import {gapHistory} from './history.ts'
import {outcome, pathOfGaps, pathOfLastList, sectionLink, sectionName, titleOf, trend} from './marks.ts'
import {changesGaps, type Gap, type GapDetail, type GapQuestion, type SectionLink} from './wire.ts'
import {reasonsOf, reasonWords, severityWords, stateWords, verifiedWords} from './words.ts'

const shownAtFirst = 10
const shownMore = 50

/** One gap: its questions, what the docs have near them, and what is done about it. */
export class GapView extends LoadedView<GapDetail> {
  #me: string | null = null
  /** Names that are suggested to whom it can be assigned. */
  #people: readonly string[] = []
  /** Difference that the build made which closed it; null where that build, or the one before, is not kept. */
  #changes: string | null = null
  #shown = shownAtFirst

  protected wanted(): string {
    return `/gaps/${encodeURIComponent(this.rest[0]!)}`
  }

  protected async read(path: string, signal: AbortSignal): Promise<GapDetail> {
    this.#shown = shownAtFirst
    const {api} = this.context
    const [gap, {name}] = await Promise.all([
      api.send<GapDetail>(path, {signal}),
      api.send<Member>('/me', {signal}),
    ])
    this.#me = name
    void this.#findOthers()
    void this.#findChanges(gap)
    return gap
  }

  /** Only an admin may see who there is; others write a name. */
  async #findOthers(): Promise<void> {
    if (!this.context.may('manage_people') || this.#people.length > 0) return
    const found = await this.context.api.send<{people: {name: string}[]}>('/people').catch(() => null)
    this.#people = found?.people.map(({name}) => name) ?? []
    this.requestUpdate()
  }

  async #findChanges({closed}: Gap): Promise<void> {
    this.#changes = null
    if (closed?.build == null || !this.context.may('read_builds')) return
    const found = await this.context.api.send<{builds: Build[]}>('/builds').catch(() => null)
    const builds = found?.builds.filter(({manifest}) => manifest !== null) ?? []
    const at = builds.findIndex(({id}) => id === closed.build)
    const before = builds[at + 1]
    if (at >= 0) this.#changes = before ? pathOfChanges(before.id, closed.build) : pathOfBuild(closed.build)
    this.requestUpdate()
  }

  /** What was changed is shown at once, and its history as soon as it is read. */
  readonly #changed = ({detail}: CustomEvent<Gap>): void => {
    if (this.value?.id !== detail.id) return
    this.value = {...this.value, ...detail}
    this.requestUpdate()
    void this.#readAgain()
  }

  /** What is shown stays where it cannot be read. */
  readonly #readAgain = async (): Promise<void> => {
    const path = this.wanted()
    const now = await this.context.api.send<GapDetail>(path).catch(() => null)
    if (now === null || path !== this.wanted() || now.revision < (this.value?.revision ?? 0)) return
    this.value = now
    void this.#findChanges(now)
    this.requestUpdate()
  }

  protected override render(): TemplateResult {
    this.context.title(this.value === null ? 'Gap' : titleOf(this.value).slice(0, 80))
    if (this.problem !== null) return this.#failed(this.problem)
    const gap = this.value
    if (gap === null)
      return html`<div class="view"><h1 tabindex="-1" class="sr">Loading the gap…</h1><div class="ghosts" aria-hidden="true"><span class="ghost"></span><span class="ghost"></span></div></div>`
    return html`<article class="view gap-view">
      <p class="to-list"><a class="back" href=${pathOfLastList()}>${icon('back')}All gaps</a></p>
      <h1 tabindex="-1" dir="auto">${isolated(titleOf(gap))}</h1>
      <p class="under">${outcome(severityWords[gap.severity], 'Severity: ')}${outcome(stateWords[gap.state])}<span>${counted(gap.size, 'answer')} in ${counted(gap.conversations, 'conversation')}</span>${trend(gap.trend)}<span>first asked ${timeAgo(gap.firstAskedAt)}</span><span>last ${timeAgo(gap.lastAskedAt)}</span>${gap.scope === 'elsewhere' ? html`<span>about something else</span>` : nothing}${gap.lang === null ? nothing : html`<span>language ${isolated(gap.lang)}</span>`}${gap.version === null ? nothing : html`<span>version ${isolated(gap.version)}</span>`}</p>
      ${this.#closed(gap)}
      <div class="columns"><div>${this.#questions(gap)}${this.#nearest(gap)}<docent-gap-golden .context=${this.context} .gap=${gap} @made=${this.#readAgain}></docent-gap-golden></div>
        <div class="side"><docent-gap-work .context=${this.context} .gap=${gap} .me=${this.#me} .people=${this.#people} @changed=${this.#changed}></docent-gap-work>
          ${gapHistory(gap)}</div></div>
    </article>`
  }

  #failed(problem: unknown): TemplateResult {
    const isGone = problem instanceof ApiError && problem.status === 404
    return html`<div class="view"><div class="notice" role="alert"><h1 tabindex="-1">${isGone ? 'There is no such gap' : 'This could not be loaded'}</h1>
      <p>${isGone ? 'Its questions were deleted, or are in another gap now.' : messageOf(problem)}</p>
      <p class="actions">${isGone ? nothing : html`<button class="button" type="button" @click=${this.reload}>Try again</button>`}<a class="button" href=${pathOfGaps()}>All gaps</a></p></div></div>`
  }

  #closed(gap: GapDetail): TemplateResult | typeof nothing {
    const {closed, reopened, state} = gap
    if (state === 'closed' && closed !== null) {
      const isGone = closed.section?.isInDocs === false
      return html`<div class="how-closed ${isGone ? 'gone' : ''}">${icon(isGone ? 'alert' : 'check')}<div><p><strong>${closed.how === 'build' ? 'Closed by a new build' : html`Closed by ${isolated(closed.by ?? 'somebody')}`}</strong> ${timeAgo(closed.at)}.
        ${closed.section === null || isGone ? nothing : html`Its questions find ${sectionLink(closed.section)}${becauseWords(closed.because)}.`}</p>
        ${isGone ? this.#sectionGone(closed.section!) : nothing}
        ${this.#changes === null ? nothing : html`<p><a href=${this.#changes}>What that build changed</a></p>`}
        <p class="quiet">It opens by itself when the docs fail its questions again.</p></div></div>`
    }
    if (state === 'open' && reopened !== null)
      return html`<p class="quiet reopened">${icon('history')} Opened again ${reopened.by === null ? 'by itself, since its questions failed again,' : html`by ${isolated(reopened.by)}`} ${timeAgo(reopened.at)}.</p>`
    return nothing
  }

  #sectionGone(section: SectionLink): TemplateResult {
    const reopen = (): void => void this.querySelector<GapWork>('docent-gap-work')?.reopen()
    return html`<p>The section that answered it is no longer in the docs: ${sectionName(section)}.</p>
      ${this.context.may(changesGaps) ? html`<p class="actions"><button class="button" type="button" @click=${reopen}>Reopen</button></p>` : nothing}`
  }

  #questions({questions, size, verified, ...gap}: GapDetail): TemplateResult {
    const shown = questions.slice(0, this.#shown)
    const rest = questions.length - shown.length
    const more = (): void => {
      this.#shown += shownMore
      this.requestUpdate()
    }
    return html`<section aria-labelledby="questions"><h2 id="questions">Questions <span class="n">${size}</span></h2>
      <p class="quiet">${reasonsOf(gap)}</p>
      ${verified.length === 0 ? nothing : verifiedLine(verified)}
      <ol class="asked-list">${shown.map((question) => this.#question(question))}</ol>
      ${rest > 0 ? html`<button class="link" type="button" @click=${more}>${icon('more')}Show ${rest > shownMore ? 'more' : counted(rest, 'more', 'more')}</button>` : questions.length < size ? html`<p class="quiet">The newest ${counted(questions.length, 'question')} are shown.</p>` : nothing}</section>`
  }

  #question({answerId, question, askedAt, reason, rating, verified}: GapQuestion): TemplateResult {
    const words = isolated(question)
    const mayRead = answerId !== null && this.context.may('read_transcripts')
    return html`<li><span class="asked-what">${mayRead ? html`<a href=${pathOfTranscript(answerId)}>${words}</a>` : words}</span>
      <span class="asked-why">${outcome(reasonWords[reason])}${rating === null || reason === 'disliked' ? nothing : outcome({words: `thumbs ${rating}`, icon: rating === 'up' ? 'good' : 'bad', tone: rating === 'up' ? 'good' : 'bad'})}${verified === null ? nothing : outcome(verifiedWords)}</span>
      <span class="when">${timeAgo(askedAt)}</span></li>`
  }

  #nearest({title, lang, version, nearest, state}: GapDetail): TemplateResult {
    const {may} = this.context
    const query = new URLSearchParams({q: title})
    if (lang !== null) query.set('lang', lang)
    if (version !== null) query.set('version', version)
    return html`<section class="block" aria-labelledby="nearest"><h2 id="nearest">Nearest in the docs</h2>
      ${
        nearest.length === 0
          ? html`<p class="quiet">No section is near these questions.</p>`
          : html`<ul class="near-list">${nearest.map((section: SectionLink) => html`<li>${icon('book')}${sectionLink(section)}</li>`)}</ul>`
      }
      ${may('read_builds') ? html`<p class="actions"><a class="button" href=${pathOfDocs('search', query.toString())}>${icon('search')}${state === 'closed' ? 'What is found now' : 'Why it is not answered'}</a>${may('reindex') ? html`<a class="button" href=${pathOfDocs()}>${icon('retry')}Reindex</a>` : nothing}</p>` : nothing}
      ${state === 'open' ? html`<p class="quiet">Write or mend a page, then reindex: the gap closes itself when a new or changed section answers its questions.</p>` : nothing}</section>`
  }
}

function verifiedLine(ids: readonly string[]): TemplateResult {
  const links = ids.map(
    (id, n) => html` <a href=${pathOfVerifiedAnswer(id)}>${n === 0 ? 'Read it' : n + 1}</a>`,
  )
  return html`<p>${outcome(verifiedWords)} is given to some of them.${links}</p>`
}

function becauseWords(because: NonNullable<Gap['closed']>['because']): string {
  if (because === null) return ''
  return because === 'new_section' ? ', which is new' : ', which has changed'
}
