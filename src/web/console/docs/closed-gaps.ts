import {html, LitElement, nothing, type TemplateResult} from 'lit'
import type {ConsoleContext} from '../context.ts'
import {count, counted} from '../format.ts'
import {icon} from '../icons.ts'
import {isolated} from '../visible.ts'
import type {ClosedGap} from './wire.ts'

const pollMs = 2_000
/** Gaps are looked at after the build is served; this long, at most, they are waited for. */
const maxPolls = 60

/** Which gaps a build closed: groups of questions that it answers now. Nothing where there is none. */
export class ClosedGaps extends LitElement {
  static override properties = {context: {attribute: false}, build: {attribute: false}}
  declare context: ConsoleContext
  /** Its id. */
  declare build: string
  #shownFor: string | null = null
  #gaps: readonly ClosedGap[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
    this.#shownFor = null
  }

  protected override willUpdate(): void {
    if (this.#shownFor === this.build) return
    this.#shownFor = this.build
    this.#gaps = []
    clearTimeout(this.#timer)
    if (this.context.may('read_gaps')) void this.#load(this.build, 0)
  }

  /** What cannot be read is not shown: the report is what the view is for. */
  async #load(build: string, polls: number): Promise<void> {
    const {api} = this.context
    const [found, {pending}] = await Promise.all([
      api.send<{gapsClosed?: readonly ClosedGap[] | null}>(`/builds/${encodeURIComponent(build)}`),
      api.send<{pending: boolean}>('/gaps?limit=1'),
    ]).catch(() => [{gapsClosed: null}, {pending: false}] as const)
    if (!this.isConnected || this.#shownFor !== build) return
    this.#gaps = found.gapsClosed ?? []
    this.requestUpdate()
    if (this.#gaps.length === 0 && pending && polls < maxPolls)
      this.#timer = setTimeout(() => void this.#load(build, polls + 1), pollMs)
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.#gaps.length === 0) return nothing
    return html`<section class="block" aria-labelledby="gaps-closed"><h2 id="gaps-closed">Gaps closed <span class="n">${count(this.#gaps.length)}</span></h2>
      <p class="quiet">Questions that the docs failed to answer before, and that this build finds a section for.</p>
      <ul class="closed-gaps">${this.#gaps.map(({id, title, size}) => html`<li>${icon('check')}<a href="/console/gaps/${encodeURIComponent(id)}">${isolated(title)}</a> <span class="quiet">${counted(size, 'answer')}</span></li>`)}</ul></section>`
  }
}
