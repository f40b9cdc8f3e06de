import {html, nothing, type TemplateResult} from 'lit'
import {count, timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {isolated} from '../visible.ts'
import {bytes, docsView, loadFailed, loading, pathOfBuild, pathOfChanges} from './frame.ts'
import {LoadedView} from './loaded-view.ts'
import type {Build, Server} from './wire.ts'

interface Loaded {
  readonly builds: readonly Build[]
  /** Those that share the builds; none of a server that stands alone. */
  readonly servers: readonly Server[]
}

/** The builds that are kept. */
export class BuildsView extends LoadedView<Loaded> {
  protected wanted(): string {
    return '/builds'
  }

  protected async read(path: string, signal: AbortSignal): Promise<Loaded> {
    return this.context.api.send<Loaded>(path, {signal})
  }

  protected override render(): TemplateResult {
    this.context.title('Builds')
    return docsView('Builds', 'builds', this.#content())
  }

  #content(): TemplateResult {
    if (this.problem !== null) return loadFailed('The builds could not be loaded', this.problem, this.reload)
    if (this.value === null) return loading('builds')
    const {builds, servers} = this.value
    if (builds.length === 0)
      return html`<div class="notice"><h2>No builds yet</h2><p>The first is made by <a href="/console/docs">a reindex</a>.</p></div>`
    return html`<p class="quiet lead">Each reindex that changes something makes a build. The last ones are kept, so that you can see what changed and go back.</p>
      <ol class="builds">${builds.map((build, index) => this.#row(build, builds[index + 1]))}</ol>
      ${servers.length === 0 ? nothing : this.#servers(servers, builds)}`
  }

  #servers(servers: readonly Server[], builds: readonly Build[]): TemplateResult {
    return html`<section class="block"><h2>Servers</h2><p class="quiet">All share the builds, and each serves its own copy.</p><ul class="servers">${servers.map(
      ({server, build, problem, since}) => {
        const made = builds.find(({id}) => id === build)?.manifest?.createdAt
        return html`<li><code>${server}</code> <span>${build === null ? 'serves no build' : html`serves the build of <a href=${pathOfBuild(build)}>${made === undefined ? build : timeAgo(Date.parse(made))}</a>`}, <span class="quiet">since ${timeAgo(since)}</span></span>${problem === null ? nothing : html`<p class="outcome bad">${icon('alert')}<span>${isolated(problem)}</span></p>`}</li>`
      },
    )}</ul></section>`
  }

  #row(build: Build, before: Build | undefined): TemplateResult {
    const {id, manifest, isCurrent, problem} = build
    if (manifest === null)
      return html`<li class="build damaged"><p><a class="strong" href=${pathOfBuild(id)}><code>${id}</code></a> <span class="outcome bad">${icon('alert')}<span>Damaged</span></span></p><p class="quiet">${isolated(problem ?? 'It cannot be used.')}</p></li>`
    const {counts, summary, embedding} = manifest
    const size = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0)
    return html`<li class="build">
      <div><p class="build-name"><a class="strong" href=${pathOfBuild(id)}>${timeAgo(Date.parse(manifest.createdAt))}</a> ${isCurrent ? html`<span class="chip good">Served now</span>` : nothing}</p>
        <p class="quiet"><code>${id}</code></p></div>
      <p>${count(counts.pages)} <span class="quiet">pages</span><br>${count(counts.passages)} <span class="quiet">passages</span></p>
      <p>${embedding.name}<br><span class="quiet">${bytes(size)}</span></p>
      <p>${summary === null ? nothing : changesOf(summary.pages)}<br>${summary === null || summary.warnings === 0 ? nothing : html`<span class="outcome warn">${icon('alert')}<span>${count(summary.warnings)} to look at</span></span>`}</p>
      <p class="actions">${before === undefined || before.manifest === null ? nothing : html`<a class="button" href=${pathOfChanges(before.id, id)}>Difference<span class="sr"> from the build before</span></a>`}</p></li>`
  }
}

function changesOf(pages: Readonly<Record<'new' | 'changed' | 'removed', number>>): TemplateResult {
  const {changed, removed} = pages
  return html`<span class="plus">+${count(pages.new)}</span> <span class="quiet">~${count(changed)}</span> <span class="minus">−${count(removed)}</span><span class="sr"> pages new, changed, removed</span>`
}
