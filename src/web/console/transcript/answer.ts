import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {emptiedWords} from '../../../domain/index.ts'
import {withoutTurns} from '../../../lib/invisible.ts'
import {sectionAddress} from '../../../lib/section-address.ts'
import type {AnswerText} from '../../assistant/answer-text.ts'
import {safeHref} from '../../render/links.ts'
import type {NodeOptions} from '../../render/nodes.ts'
import {type AnswerState, usedSources} from '../../session/answer-state.ts'
import {pathOf} from '../../session/markdown-copy.ts'
import {clickedInText, say, textOptions} from '../answer-markdown.ts'
import {counted} from '../format.ts'
import {icon} from '../icons.ts'
import {isolated, visibleWithMarks} from '../visible.ts'

/** An answer at one moment, as the visitor had it: sources, text, and how it ended. */
export class Answer extends LitElement {
  static override properties = {
    answer: {attribute: false},
    imageHosts: {attribute: false},
    docsBase: {attribute: false},
    emptiedAt: {attribute: false},
  }
  declare answer: AnswerState
  declare imageHosts: readonly string[]
  /** Where relative addresses of the docs lead to; default: the docs of this server. */
  declare docsBase: string | undefined
  /** When its words were removed, in milliseconds since the epoch; default: they were not. */
  declare emptiedAt: number | undefined
  #options: NodeOptions | null = null
  /** Null until somebody opens or folds the sources. */
  #showsSources: boolean | null = null

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override render(): TemplateResult {
    const {answer} = this
    return html`<div class="asked"><docent-long dir="auto" .text=${answer.question === '' ? '(question not kept)' : answer.question}></docent-long></div>
      ${phase(answer)}
      ${answer.sources.length === 0 ? nothing : this.#sources(answer)}
      ${this.emptiedAt === undefined ? html`<docs-assistant-text class="text" dir="auto" @click=${clickedInText}></docs-assistant-text>` : html`<p class="ending outcome calm">${icon('trash')}<span>${emptiedWords(this.emptiedAt)}</span></p>`}
      ${end(answer, this.#base)}`
  }

  get #base(): string {
    return this.docsBase ?? `${location.origin}/docs/`
  }

  /** As visitors see them: one line once there are words, which opens. */
  #sources(answer: AnswerState): TemplateResult {
    const isWaiting = answer.text === '' && answer.phase in phases
    const isOpen = this.#showsSources ?? isWaiting
    const toggle = (): void => {
      this.#showsSources = !isOpen
      this.requestUpdate()
    }
    return html`<div class="found" role="group" aria-label="Sources">${isOpen ? nothing : chips(answer)}
      <button class="link" type="button" aria-expanded=${isOpen} @click=${toggle}>${counted(answer.sources.length, 'source')} as shown${icon(isOpen ? 'fewer' : 'more')}</button>
      ${isOpen ? sources(answer, this.#base) : nothing}</div>`
  }

  /** Staff see a character that would turn the direction of the words after it. */
  get #shown(): AnswerState {
    const text = withoutTurns(this.answer.text)
    return text === this.answer.text ? this.answer : {...this.answer, text}
  }

  protected override updated(): void {
    this.#options ??= textOptions(this.imageHosts, this.docsBase)
    this.querySelector<AnswerText>('docs-assistant-text')?.show(this.#shown, this.#options, say, [])
  }
}

const phases: Partial<Record<AnswerState['phase'], string>> = {
  searching: 'Searching the docs…',
  sources: 'Sources are shown, the model is at work…',
  thinking: 'The model is thinking…',
}

function phase({phase}: AnswerState): TemplateResult | typeof nothing {
  const words = phases[phase]
  return words === undefined ? nothing : html`<p class="phase quiet">${icon('running')}${words}</p>`
}

function chips(answer: AnswerState): TemplateResult {
  const used = usedSources(answer)
  return html`<ol class="chips">${answer.sources.map(
    (source) =>
      html`<li class="chip ${used.has(source.n) ? 'used' : ''}"><span class="n">${source.n}</span>${source.title === '' ? nothing : isolated(source.title)}${used.has(source.n) ? html`<span class="sr">cited</span>` : nothing}</li>`,
  )}</ol>`
}

function sources(answer: AnswerState, base: string): TemplateResult {
  const used = usedSources(answer)
  return html`<ol class="sources">${answer.sources.map((source) => {
    const path = pathOf(source)
    const isUsed = used.has(source.n)
    // A withdrawn page has none.
    const href = source.url === '' ? null : safeHref(sectionAddress(source), base)
    const name = source.title === '' ? '(not kept)' : isolated(path.at(-1)!)
    return html`<li class=${isUsed ? 'used' : ''}><span class="n">${source.n}</span>
        <div><span class="top">${href === null ? name : html`<a href=${href} target="_blank" rel="noopener">${name}</a>`}
          ${path.length > 1 ? html`<span class="quiet">${isolated(path.slice(0, -1).join(' › '))}</span>` : nothing}</span>
          ${source.snippet === '' ? nothing : html`<span class="snippet" dir="auto">${visibleWithMarks(source.snippet, source.highlights)}</span>`}</div>
        <span class="score" title="Score of the retrieval, between 0 and 1"><span class="sr">Score </span>${source.score.toFixed(2)}${isUsed ? html`<span class="badge">cited</span>` : nothing}</span></li>`
  })}</ol>`
}

const reasons: Readonly<Record<string, string>> = {
  no_hits: 'nothing was found',
  low_score: 'what was found was not good enough',
  off_topic: 'the question is about something else',
  other_product: 'the question is about another product',
  version_empty: 'this version of the docs has nothing',
}

/** What was shown below the text, in short. */
function end(answer: AnswerState, base: string): TemplateResult | typeof nothing {
  const note = (tone: string, name: 'alert' | 'stop' | 'book' | 'leave', words: unknown): TemplateResult =>
    html`<p class="ending outcome ${tone}">${icon(name)}<span>${words}</span></p>`
  switch (answer.phase) {
    case 'abstained':
      return html`${note('calm', 'book', `Said that the docs do not answer this${answer.reason === null ? '' : `: ${reasons[answer.reason] ?? answer.reason}`}.`)}
        ${answer.unknownWords?.length ? html`<p class="quiet">Words that the docs never use: ${isolated(answer.unknownWords.join(', '))}</p>` : nothing}
        ${answer.nearest.length === 0 ? nothing : html`<p class="quiet">Nearest pages: ${answer.nearest.map(({url, title}, i) => html`${i === 0 ? '' : ', '}<a href=${safeHref(url, base) ?? '#'} target="_blank" rel="noopener">${isolated(title)}</a>`)}</p>`}`
    case 'stopped':
      return note('calm', 'stop', 'The visitor stopped it here.')
    case 'declined':
      return note('warn', 'alert', 'The model declined to answer.')
    case 'cut':
      return note('warn', 'alert', 'The answer was cut by a limit here.')
    case 'broke-off':
      return answer.problem?.code == null
        ? note('calm', 'leave', 'The visitor left here.')
        : note(
            'bad',
            'alert',
            html`It broke off here: <code>${answer.problem.code}</code> ${isolated(answer.problem.message)}`,
          )
    default:
      return nothing
  }
}
