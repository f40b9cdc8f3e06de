import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {ApiError, messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {counted, duration, timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {KeptFocus} from '../kept-focus.ts'
import {isolated} from '../visible.ts'
import {FollowedJob} from './followed-job.ts'
import {docsView, loadFailed, loading, pathOfBuild, pathOfDocs} from './frame.ts'
import {by, type CutOff, cutOffLine, starter, stateOf} from './job-words.ts'
import {progress} from './progress.ts'
import {report} from './report.ts'
import type {Build, Job, Report} from './wire.ts'

const pollMs = 5_000

const endedBefore = 'It had ended before'

/** Starts a reindex, follows the one that is running, and shows what the last ones did. */
export class ReindexView extends LitElement {
  static override properties = {context: {attribute: false}, query: {attribute: false}}
  declare context: ConsoleContext
  declare query: string
  #jobs: readonly Job[] | null = null
  #served: Build | null = null
  /** That of the build that is served, shown while no reindex is. */
  #lastReport: Report | null = null
  #lastReportOf: string | null = null
  #cutOff: CutOff | null = null
  #problem: unknown = null
  #followed: FollowedJob | null = null
  /** Requests of the list, counted: one that is overtaken by a later one is not shown. */
  #loads = 0
  #shownLoad = 0
  #isSending = false
  /** Aborted when what is asked about the followed reindex cannot be done any more. */
  #asking: AbortController | null = null
  #timer: ReturnType<typeof setInterval> | undefined
  #leaving = new AbortController()

  constructor() {
    super()
    new KeptFocus(this)
  }

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#leaving = new AbortController()
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible' && this.#problem === null) void this.#load()
    }, pollMs)
    if (this.hasUpdated) void this.#load()
  }

  protected override firstUpdated(): void {
    void this.#load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
    this.#leaving.abort()
    this.#asking?.abort()
    this.#followed?.close()
    this.#followed = null
  }

  async #load(): Promise<void> {
    const {signal} = this.#leaving
    const {api} = this.context
    const load = ++this.#loads
    try {
      const [{jobs}, {builds}] = await Promise.all([
        api.send<{jobs: Job[]}>('/reindex', {signal}),
        api.send<{builds: Build[]}>('/builds', {signal}),
      ])
      const served = builds.find(({isCurrent}) => isCurrent) ?? null
      if (jobs.length === 0 && served !== null && served.id !== this.#lastReportOf) {
        const {report} = await api.send<{report: Report | null}>(`/builds/${served.id}`, {signal})
        this.#lastReport = report
        this.#lastReportOf = served.id
      }
      if (load < this.#shownLoad) return
      this.#shownLoad = load
      this.#findCutOff(jobs)
      const isFirst = this.#jobs === null
      this.#jobs = jobs
      this.#served = served
      this.#problem = null
      this.#follow()
      this.requestUpdate()
      if (isFirst) void this.updateComplete.then(() => this.context.settled())
    } catch (error) {
      if (signal.aborted) return
      if (this.#jobs === null) this.#problem = error
      this.requestUpdate()
    }
  }

  /** A server that was started again knows nothing of what the one before it ran. */
  #findCutOff(now: readonly Job[]): void {
    const followed = this.#followed
    if (followed === null || followed.hasEnded) return
    const job = this.#jobs?.find(({id}) => id === followed.id)
    if (job !== undefined && job.endedAt === null && !now.some(({id}) => id === job.id)) {
      this.#cutOff = {job, served: this.#served?.id ?? null}
      this.context.announce('The reindex was cut off')
    } else if (followed.isClosed) {
      followed.close()
      this.#followed = null
    }
  }

  /** The job of the address, else the one that runs, else the newest. */
  get #job(): Job | null {
    const jobs = this.#jobs ?? []
    const asked = new URLSearchParams(this.query).get('job')
    return jobs.find(({id}) => id === asked) ?? jobs.find(({state}) => state === 'running') ?? jobs[0] ?? null
  }

  protected override willUpdate(): void {
    this.#follow()
  }

  #follow(): void {
    const job = this.#job
    if (this.#followed?.id === job?.id) return
    this.#asking?.abort()
    this.#followed?.close()
    this.#followed = null
    if (job === null || !this.isConnected) return
    let hadEnded = job.endedAt !== null
    this.#followed = new FollowedJob(job.id, () => {
      if (this.#followed?.hasEnded && !hadEnded) {
        hadEnded = true
        const words = this.#followed.problem === null ? 'The reindex is done' : 'The reindex did not publish'
        this.context.announce(this.#asking === null ? words : endedBefore)
        this.#asking?.abort()
        void this.#load()
      }
      this.requestUpdate()
    })
  }

  protected override render(): TemplateResult {
    this.context.title('Reindex')
    return docsView('Reindex', '', this.#content(), {aside: this.#actions()})
  }

  #content(): unknown {
    if (this.#problem !== null)
      return loadFailed('This could not be loaded', this.#problem, () => void this.#load())
    if (this.#jobs === null) return loading('reindexes')
    const job = this.#job
    return html`${this.#serving()}${this.#cutOff === null ? nothing : cutOffLine(this.#cutOff, this.#served?.id ?? null)}${job === null ? this.#last() : this.#shown(job)}${this.#history(job)}`
  }

  #actions(): TemplateResult {
    const isBusy = this.#isSending || this.#jobs === null || this.#jobs.some(({endedAt}) => endedAt === null)
    return html`<div class="actions">
      <button class="button" type="button" aria-disabled=${isBusy} @click=${() => !isBusy && void this.#embedAll()}>Embed everything again</button>
      <button class="primary" type="button" aria-disabled=${isBusy} @click=${() => !isBusy && void this.#start({})}>Reindex now</button></div>`
  }

  #serving(): TemplateResult {
    const {manifest, id} = this.#served ?? {}
    if (!manifest || id === undefined)
      return html`<p class="serving">${icon('alert')}<span>No build is served. Reindex to make the first.</span></p>`
    const {pages, passages} = manifest.counts
    return html`<p class="serving">${icon('book')}<span>Visitors get answers from <a href=${pathOfBuild(id)}>the build of ${timeAgo(Date.parse(manifest.createdAt))}</a>: ${counted(pages, 'page')}, ${counted(passages, 'passage')}. It stays until another one is complete and has passed its gates.</span></p>`
  }

  #last(): TemplateResult {
    return this.#lastReport === null
      ? html`<div class="notice"><h2>No reindex since the server started</h2><p>Start one, or have pushes start them: a webhook, or a timer.</p></div>`
      : html`<h2 class="of-report">The report of the build that is served</h2>${this.#closedGaps(this.#lastReport)}${report(this.#lastReport)}`
  }

  #shown(job: Job): TemplateResult {
    const followed = this.#followed
    if (followed === null || (!followed.hasEnded && job.endedAt !== null)) return loading('the report')
    if (!followed.hasEnded)
      return progress(job, followed.progress ?? job.progress, {
        isLost: followed.isLost,
        cancel: () => void this.#cancel(job),
      })
    const {problem} = followed
    return html`<section class="job-end" aria-label="The reindex">
      ${problem === null ? this.#done(job, followed.report) : this.#failed(job, problem)}
      ${this.#closedGaps(followed.report)}
      ${followed.report === null ? nothing : report(followed.report)}</section>`
  }

  #closedGaps(shown: Report | null): TemplateResult | typeof nothing {
    if (shown?.outcome !== 'published' || shown.build === null) return nothing
    return html`<docent-closed-gaps .context=${this.context} .build=${shown.build}></docent-closed-gaps>`
  }

  #done(job: Job, shown: Report | null): TemplateResult {
    const isPublished = shown?.outcome === 'published'
    return html`<p class="verdict-line good">${icon('check')}<span><strong>${isPublished ? 'Published' : 'Nothing has changed'}</strong> ${starter(job)}${isPublished ? ' Visitors get answers from the new build.' : ' The build that is served is up to date.'}</span></p>`
  }

  #failed(job: Job, {code, message}: NonNullable<FollowedJob['problem']>): TemplateResult {
    if (code === 'cancelled')
      return html`<p class="verdict-line calm">${icon('stop')}<span><strong>Cancelled</strong> ${starter(job)} Nothing was published.</span></p>`
    const isGate = code === 'gate_failed'
    return html`<p class="verdict-line bad">${icon('alert')}<span><strong>Not published</strong> ${starter(job)} The build from before is still served.</span></p>
      ${isGate ? nothing : html`<p class="problem" role="alert">${isolated(message)}</p>`}
      <p class="actions">${isGate ? html`<button class="button danger" type="button" @click=${() => void this.#force()}>Publish all the same</button>` : html`<button class="button" type="button" @click=${() => void this.#start({full: job.full})}>Try again</button>`}</p>`
  }

  #history(shown: Job | null): TemplateResult | typeof nothing {
    const jobs = this.#jobs ?? []
    if (jobs.length < 2) return nothing
    return html`<section class="block"><h2>The last reindexes</h2><ol class="jobs">${jobs.map((job) => {
      const {words, name, tone} = stateOf(job)
      const took = job.startedAt === null || job.endedAt === null ? '' : duration(job.endedAt - job.startedAt)
      return html`<li><a href=${pathOfDocs('', `job=${job.id}`)} aria-current=${job.id === shown?.id ? 'true' : nothing}><span class="outcome ${tone}">${icon(name)}<span>${words}</span></span></a>
        <span class="quiet">${by(job)}${job.full ? ', everything' : ''}</span><span class="quiet">${timeAgo(job.requestedAt)}</span><span class="quiet num">${took}</span></li>`
    })}</ol></section>`
  }

  async #embedAll(): Promise<void> {
    const isSure = await this.context.confirm({
      title: 'Embed everything again?',
      text: 'Every page is read and embedded as if for the first time. That takes much longer, and is only needed after something went wrong. Answers go on meanwhile.',
      action: 'Embed everything',
    })
    if (isSure) await this.#start({full: true})
  }

  async #force(): Promise<void> {
    const isSure = await this.context.confirm({
      title: 'Publish although a gate fails?',
      text: 'The docs are indexed again, and the new build is served whatever its gates say. You can make the build from before current again.',
      action: 'Publish all the same',
    })
    if (isSure) await this.#start({force: true})
  }

  async #start(options: {readonly full?: boolean; readonly force?: boolean}): Promise<void> {
    this.#isSending = true
    this.#cutOff = null
    this.requestUpdate()
    try {
      await this.context.api.send('/reindex', {method: 'POST', body: options})
      this.context.announce('The reindex has begun')
    } catch (error) {
      // Somebody else, or a push, was first: theirs is shown.
      const isRunning = error instanceof ApiError && error.code === 'locked'
      this.context.announce(isRunning ? 'A reindex is running already' : messageOf(error))
    }
    this.#isSending = false
    await this.#load()
    if (new URLSearchParams(this.query).has('job')) this.context.router.go(pathOfDocs())
  }

  async #cancel({id}: Job): Promise<void> {
    const asking = new AbortController()
    this.#asking = asking
    const isSure = await this.context.confirm({
      title: 'Cancel this reindex?',
      text: 'What it has done so far is thrown away. The build that is served stays as it is.',
      action: 'Cancel the reindex',
      otherwise: 'Keep going',
      signal: asking.signal,
    })
    if (this.#asking === asking) this.#asking = null
    if (!isSure) return
    try {
      await this.context.api.send(`/reindex/${id}/cancel`, {method: 'POST', body: {}})
    } catch (error) {
      const hasEnded = error instanceof ApiError && error.code === 'conflict'
      this.context.announce(hasEnded ? endedBefore : messageOf(error))
    }
  }
}
