import {html, nothing, type TemplateResult} from 'lit'
import {ApiError, messageOf} from '../api.ts'
import {count, exactTime, timeAgo} from '../format.ts'
import {isolated} from '../visible.ts'
import {bytes, docsView, loadFailed, loading, pathOfChanges, pathOfDocs} from './frame.ts'
import {LoadedView} from './loaded-view.ts'
import {report} from './report.ts'
import type {Build, Report} from './wire.ts'

interface Shown {
  readonly build: Build
  readonly report: Report | null
  readonly others: readonly Build[]
}

/** One build, with the report of the ingest that made it. */
export class BuildView extends LoadedView<Shown> {
  #isActivating = false

  protected wanted(): string {
    return this.rest[1]!
  }

  protected async read(id: string, signal: AbortSignal): Promise<Shown> {
    const {api} = this.context
    const [shown, {builds}] = await Promise.all([
      api.send<Omit<Shown, 'others'>>(`/builds/${encodeURIComponent(id)}`, {signal}),
      api.send<{builds: Build[]}>('/builds', {signal}),
    ])
    return {...shown, others: builds.filter((build) => build.id !== id && build.manifest !== null)}
  }

  protected override render(): TemplateResult {
    const createdAt = this.value?.build.manifest?.createdAt
    const title = createdAt === undefined ? 'Build' : `Build of ${exactTime(Date.parse(createdAt))}`
    this.context.title(title)
    return docsView(title, 'builds', this.#content())
  }

  #content(): TemplateResult {
    if (this.problem instanceof ApiError && this.problem.status === 404)
      return html`<div class="notice"><h2>This build is not kept any more</h2><p>Only the last builds are. <a href=${pathOfDocs('builds')}>See those that are kept</a>.</p></div>`
    if (this.problem !== null) return loadFailed('The build could not be loaded', this.problem, this.reload)
    if (this.value === null) return loading('the build')
    const {build, report: shown, others} = this.value
    const {id, manifest, isCurrent, problem} = build
    if (manifest === null)
      return html`<p class="quiet"><code>${id}</code></p><div class="problem" role="alert"><p>This build is damaged and cannot be served: ${isolated(problem ?? '')}</p></div>
        <p class="quiet lead">Visitors get answers from another one. The next reindex starts from a build that is whole.</p>`
    const {counts, embedding, languages, files} = manifest
    const size = Object.values(files).reduce((sum, file) => sum + file.bytes, 0)
    return html`<p class="under">${isCurrent ? html`<span class="chip good">Served now</span>` : nothing}<code>${id}</code><span>${timeAgo(Date.parse(manifest.createdAt))}</span></p>
      <div class="build-tools">
        ${others.length === 0 ? nothing : html`<label class="field inline"><span>Difference from</span><select @change=${(event: Event) => this.#compare(id, event)}><option value="">choose a build</option>${others.map((other) => html`<option value=${other.id}>${exactTime(Date.parse(other.manifest!.createdAt))}${other.isCurrent ? ' (served now)' : ''}</option>`)}</select></label>`}
        ${isCurrent || !this.context.may('activate_builds') ? nothing : html`<button class="button" type="button" aria-disabled=${this.#isActivating} @click=${() => void this.#activate(build)}>Serve this build</button>`}
      </div>
      <dl class="facts build-facts">
        ${fact('Pages', count(counts.pages))}${fact('Sections', count(counts.sections))}${fact('Passages', count(counts.passages))}
        ${fact('Embedding model', `${embedding.name}, ${embedding.dimensions} dimensions`)}${fact('Size', bytes(size))}
        ${languages?.default ? fact('Language', languages.default) : nothing}${manifest.summary === null ? nothing : fact('Read from', isolated(manifest.summary.content))}
      </dl>
      <docent-closed-gaps .context=${this.context} .build=${id}></docent-closed-gaps>
      ${
        shown === null
          ? html`<p class="quiet lead">The report of its ingest is not kept: an earlier version made this build.</p>`
          : html`<h2 class="of-report">What its ingest reported</h2>${report(shown)}`
      }`
  }

  #compare(id: string, event: Event): void {
    const {value} = event.target as HTMLSelectElement
    if (value === '') return
    // The older one is what it was before.
    const [from, to] = value < id ? [value, id] : [id, value]
    this.context.router.go(pathOfChanges(from, to))
  }

  async #activate({id, manifest}: Build): Promise<void> {
    if (this.#isActivating) return
    const isSure = await this.context.confirm({
      title: 'Serve this build?',
      text: `New answers will come from the docs as they were on ${exactTime(Date.parse(manifest!.createdAt))}, until another build is made current. A reindex that finds a change replaces it. Answers that are being written go on with the build that they began with.`,
      action: 'Serve this build',
    })
    if (!isSure) return
    this.#isActivating = true
    this.requestUpdate()
    try {
      await this.context.api.send(`/builds/${encodeURIComponent(id)}/activate`, {method: 'POST', body: {}})
      this.context.announce('This build is served now')
    } catch (error) {
      this.context.announce(messageOf(error))
    }
    this.#isActivating = false
    this.reload()
  }
}

function fact(name: string, value: unknown): TemplateResult {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}
