import type {Source} from '../../domain/index.ts'
import type {AnswerState, Citation} from '../client/answer-state.ts'
import {liveHostsOf} from '../client/link-hosts.ts'
import {hrefOf, nameOf} from '../client/markdown-copy.ts'
import type {Say} from '../locales/strings.ts'
import {loadedHighlight, loadHighlight} from '../own-script.ts'
import {safeHref} from '../render/links.ts'
import {createMarkdownStream, type DrawnBlock, type MarkdownStream} from '../render/markdown-stream.ts'
import {type Chip, type NodeOptions, spanOf} from '../render/nodes.ts'
import {patch} from '../render/patch.ts'

/** A frame has 16 ms; so much of it is ours while text comes faster than it can be shown. */
const budgetMs = 8
/** Characters that one frame may add: as many as the last frames could take. */
const minChars = 120
/** Little: the first frames find all code cold. */
const firstChars = 400
const maxChars = 6_000

/** A source, and the citations of it that share a place in the text. */
export interface Cited {
  readonly source: Source
  readonly citations: readonly Citation[]
}

/**
 * The text of one answer, drawn at most once a frame. Lives inside the assistant's shadow root and is styled there.
 * A burst is spread over frames, so many characters each as the browser draws in half a frame; where even a little
 * takes long, as in a huge list that is read anew with each word, drawing rests as long as it took.
 * Fires `drawn` (bubbling) after each frame that changed it.
 */
export class AnswerText extends HTMLElement {
  #answer: AnswerState | null = null
  #stream: MarkdownStream | null = null
  #options: NodeOptions | null = null
  #linkHosts: ReadonlySet<string> | null = null
  #say: Say | null = null
  /** The answer as it was when it was last drawn: what is on the screen is of it. */
  #drawn: AnswerState | null = null
  #blocks: readonly DrawnBlock[] = []
  #shown = 0
  #frame = 0
  #charsPerFrame = firstChars
  #restUntil = 0

  /** What to show from the next frame on, and the conversation it is part of. Options must not change for one element. */
  show(answer: AnswerState, options: NodeOptions, say: Say, conversation: readonly AnswerState[]): void {
    if (this.#answer === answer && this.#say === say) return
    const isOther = this.#answer !== null && this.#answer.key !== answer.key
    const mayLeadElsewhere = this.#learnHosts(answer, options, conversation)
    if (this.#stream === null || isOther || this.#say !== say || mayLeadElsewhere) {
      const links = {...options.links, linkHosts: this.#linkHosts}
      this.#stream = createMarkdownStream({...options, links})
      const highlight = loadedHighlight()
      if (highlight !== null) this.#stream.colour(highlight)
      this.#options = options
      this.#say = say
    }
    // Another try may begin with what stands there already; if not, it replaces it.
    const isAnew =
      isOther || this.#answer?.attempt !== answer.attempt || this.#answer.carried !== answer.carried
    if (isAnew && !answer.text.startsWith(this.#answer?.text.slice(0, this.#shown) ?? '')) this.#shown = 0
    this.#answer = answer
    this.#ask()
  }

  /** Whether links may lead elsewhere than before, as after another search. */
  #learnHosts(answer: AnswerState, {links}: NodeOptions, conversation: readonly AnswerState[]): boolean {
    const known = this.#answer
    const isSame =
      known !== null &&
      known.key === answer.key &&
      known.linkHosts === answer.linkHosts &&
      known.sources === answer.sources
    if (isSame) return false
    const hosts = liveHostsOf(answer, [new URL(links.base).host, location.host], conversation)
    const before = this.#linkHosts
    this.#linkHosts = hosts
    return before?.size !== hosts?.size || [...(hosts ?? [])].some((host) => !before!.has(host))
  }

  /** Whether all there is to show is on the screen. */
  get isCaughtUp(): boolean {
    return this.#frame === 0 && this.#shown === this.#answer?.text.length
  }

  /** What a citation in this text stands for; null for anything else. */
  citedBy(chip: HTMLElement): Cited | null {
    const {n, spans} = chip.dataset
    const source = this.#drawn?.sources.find((candidate) => String(candidate.n) === n)
    if (spans === undefined || source === undefined) return null
    const mine = new Set(spans.split(' '))
    const citations = this.#drawn!.citations.filter(
      (citation) => citation.n === source.n && mine.has(spanOf(citation)),
    )
    return {source, citations}
  }

  disconnectedCallback(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
  }

  connectedCallback(): void {
    if (this.#answer !== null) this.#ask()
  }

  #ask(): void {
    if (this.#frame === 0 && this.isConnected) this.#frame = requestAnimationFrame(() => this.#draw())
  }

  #draw(): void {
    this.#frame = 0
    const answer = this.#answer
    if (answer === null || this.#stream === null) return
    const startedAt = performance.now()
    if (startedAt < this.#restUntil) {
      this.#ask()
      return
    }
    const before = this.#shown
    this.#shown = Math.min(answer.text.length, before + this.#charsPerFrame)
    const isWhole = this.#shown === answer.text.length
    const text = isWhole ? answer.text : answer.text.slice(0, this.#shown)
    this.#drawn = answer
    this.#put(this.#stream.update(text, this.#chipsOf(answer, this.#shown), isWhole && isComplete(answer)))
    // Whoever follows the end measures it, and with it the layout falls into the time that is measured here.
    this.dispatchEvent(new CustomEvent('drawn', {bubbles: true}))
    this.#adapt(performance.now() - startedAt, this.#shown - before)
    if (!isWhole) this.#ask()
  }

  #adapt(tookMs: number, chars: number): void {
    this.#restUntil = tookMs > budgetMs ? performance.now() + tookMs : 0
    if (tookMs > budgetMs) {
      this.#charsPerFrame = Math.max(minChars, Math.floor(Math.min(chars, this.#charsPerFrame) / 2))
    } else if (tookMs < budgetMs / 2 && chars === this.#charsPerFrame) {
      this.#charsPerFrame = Math.min(maxChars, Math.ceil(chars * 1.5))
    }
  }

  #put(blocks: readonly DrawnBlock[]): void {
    for (let i = 0; i < blocks.length; i++) {
      const before = this.#blocks[i]
      if (before === blocks[i]) continue
      let holder = this.children[i]
      if (holder === undefined) {
        holder = document.createElement('div')
        holder.className = 'block'
        this.append(holder)
      }
      patch(holder, before?.nodes ?? [], blocks[i]!.nodes)
    }
    while (this.children.length > blocks.length) this.lastElementChild!.remove()
    this.#blocks = blocks
    if (blocks.some(({isPlain}) => isPlain)) void this.#colour()
  }

  /** Only colours change: nothing waits for it, and nothing moves. */
  async #colour(): Promise<void> {
    const stream = this.#stream!
    const highlight = await loadHighlight()
    if (highlight === null || stream !== this.#stream) return
    stream.colour(highlight)
    this.#ask()
  }

  #chipsOf(answer: AnswerState, shown: number): Chip[] {
    const chips: Chip[] = []
    const taken = new Set<string>()
    for (const {n, start, end} of answer.citations) {
      const source = answer.sources.find((candidate) => candidate.n === n)
      const key = `${n}:${spanOf({start, end})}`
      if (source === undefined || end > shown || taken.has(key)) continue
      taken.add(key)
      const {base} = this.#options!.links
      const href = safeHref(hrefOf(source), base) ?? base
      chips.push({n, start, end, href, base: href, label: this.#say!('source', {n, name: nameOf(source)})})
    }
    return chips
  }
}

/** What was cut, stopped or broke off ends in the middle of something, and stays as presentable as it was while it came. */
export function isComplete({phase}: AnswerState): boolean {
  return phase === 'complete' || phase === 'quoted'
}

/** Nothing broke: the end is told once the last words are drawn. */
export function endsWithItsWords(answer: AnswerState): boolean {
  return isComplete(answer) || answer.phase === 'declined' || answer.phase === 'cut'
}
