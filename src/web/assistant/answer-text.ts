import type {Source} from '../../domain/index.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import type {Say} from '../locales/strings.ts'
import {highlighter, renderer} from '../pieces/pieces.ts'
import {type Chip, spanOf} from '../render/chips.ts'
import {safeHref} from '../render/links.ts'
import type {MarkdownStream, RenderedBlock} from '../render/markdown-stream.ts'
import type {NodeOptions} from '../render/nodes.ts'
import {patch} from '../render/patch.ts'
import {createPlainStream} from '../render/plain-stream.ts'
import {type AnswerState, type Citation, isEnded} from '../session/answer-state.ts'
import {allowedHostsOf} from '../session/link-hosts.ts'
import {nameOf} from '../session/markdown-copy.ts'

/** Time per frame for drawing while text arrives faster than it can be shown; a frame has 16 ms. */
const budgetMs = 8
/** Limits of the characters added per frame, which adapts to how long the last frames took. */
const minCharsPerFrame = 120
/** Low, since the first frames run before the code is optimised. */
const firstCharsPerFrame = 400
const maxCharsPerFrame = 6_000

/** A source with its citations at one place in the text. */
export interface CitedSource {
  readonly source: Source
  readonly citations: readonly Citation[]
}

/**
 * The text of one answer, drawn at most once per frame. Lives in the assistant's shadow root and is styled there.
 * A burst is spread over frames, each with as many characters as the browser draws in half a frame. When even a few
 * take long, as in a huge list that is parsed again with each word, drawing pauses for as long as it took.
 * Dispatches `drawn` (bubbling) after each frame that changed it.
 */
export class AnswerText extends HTMLElement {
  #answer: AnswerState | null = null
  #stream: MarkdownStream | null = null
  #options: NodeOptions | null = null
  #linkHosts: ReadonlySet<string> | null = null
  #say: Say | null = null
  /** The answer as last drawn, which is what the screen shows. */
  #drawn: AnswerState | null = null
  #blocks: readonly RenderedBlock[] = []
  #shown = 0
  #frame = 0
  #charsPerFrame = firstCharsPerFrame
  #restUntil = 0
  #awaitsRenderer = false

  /** Shows an answer of a conversation from the next frame on. `options` must not change for one element. */
  show(answer: AnswerState, options: NodeOptions, say: Say, conversation: readonly AnswerState[]): void {
    if (this.#answer === answer && this.#say === say) return
    const isOther = this.#answer !== null && this.#answer.key !== answer.key
    const haveHostsChanged = this.#updateHosts(answer, options, conversation)
    if (this.#options === null || isOther || this.#say !== say || haveHostsChanged) {
      this.#stream = null
      this.#options = options
      this.#say = say
    }
    // Another try may begin with the text that is shown; otherwise it replaces it.
    const isNewText =
      isOther || this.#answer?.attempt !== answer.attempt || this.#answer.carried !== answer.carried
    if (isNewText && !answer.text.startsWith(this.#answer?.text.slice(0, this.#shown) ?? '')) this.#shown = 0
    this.#answer = answer
    if (isEnded(answer) && !endsWithText(answer)) {
      // Its ending is shown with the next frame, and must not be pushed by words that come later.
      this.#restUntil = 0
      this.#charsPerFrame = maxCharsPerFrame
    }
    this.#requestFrame()
  }

  /** Updates the hosts that links may lead to; returns whether they have changed, as after another search. */
  #updateHosts(answer: AnswerState, {links}: NodeOptions, conversation: readonly AnswerState[]): boolean {
    const known = this.#answer
    const isSame =
      known !== null &&
      known.key === answer.key &&
      known.linkHosts === answer.linkHosts &&
      known.sources === answer.sources
    if (isSame) return false
    const hosts = allowedHostsOf(answer, [new URL(links.base).host, location.host], conversation)
    const before = this.#linkHosts
    this.#linkHosts = hosts
    return before?.size !== hosts?.size || [...(hosts ?? [])].some((host) => !before!.has(host))
  }

  /** Whether all of the text is on the screen. */
  get isCaughtUp(): boolean {
    return this.#frame === 0 && this.#shown === this.#answer?.text.length
  }

  /** The source and citations of a chip in this text; null for other elements. */
  citationAt(chip: HTMLElement): CitedSource | null {
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
    if (this.#answer !== null) this.#requestFrame()
  }

  #requestFrame(): void {
    if (this.#frame === 0 && this.isConnected) this.#frame = requestAnimationFrame(() => this.#draw())
  }

  #draw(): void {
    this.#frame = 0
    const answer = this.#answer
    if (answer === null) return
    this.#stream ??= this.#newStream()
    if (this.#stream === null) return
    const startedAt = performance.now()
    if (startedAt < this.#restUntil) {
      this.#requestFrame()
      return
    }
    const before = this.#shown
    this.#shown = Math.min(answer.text.length, before + this.#charsPerFrame)
    const isWhole = this.#shown === answer.text.length
    const text = isWhole ? answer.text : answer.text.slice(0, this.#shown)
    this.#drawn = answer
    const chips = this.#chipsOf(answer, this.#shown)
    const isGrowing = !isWhole || !isEnded(answer)
    this.#patchBlocks(this.#stream.update(text, chips, isWhole && isComplete(answer), isGrowing))
    // A listener that scrolls to the end forces layout, which is thus part of the measured time.
    this.dispatchEvent(new CustomEvent('drawn', {bubbles: true}))
    this.#adapt(performance.now() - startedAt, this.#shown - before)
    if (!isWhole) this.#requestFrame()
  }

  /** Null while the renderer is loading; then the next frame is requested once it is there. */
  #newStream(): MarkdownStream | null {
    const {links, ...options} = this.#options!
    const stream = renderer.loaded?.createMarkdownStream({
      ...options,
      links: {...links, linkHosts: this.#linkHosts},
    })
    if (stream === undefined) {
      if (this.#awaitsRenderer) return null
      this.#awaitsRenderer = true
      void renderer.load().then((found) => {
        this.#awaitsRenderer = false
        if (found === null) this.#stream ??= createPlainStream()
        this.#requestFrame()
      })
      return null
    }
    if (highlighter.loaded !== null) stream.colour(highlighter.loaded.highlightPrepared)
    return stream
  }

  #adapt(tookMs: number, chars: number): void {
    this.#restUntil = tookMs > budgetMs ? performance.now() + tookMs : 0
    if (tookMs > budgetMs) {
      this.#charsPerFrame = Math.max(minCharsPerFrame, Math.floor(Math.min(chars, this.#charsPerFrame) / 2))
    } else if (tookMs < budgetMs / 2 && chars === this.#charsPerFrame) {
      this.#charsPerFrame = Math.min(maxCharsPerFrame, Math.ceil(chars * 1.5))
    }
  }

  #patchBlocks(blocks: readonly RenderedBlock[]): void {
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

  /** Changes only colours, so nothing waits for it and nothing moves. */
  async #colour(): Promise<void> {
    const stream = this.#stream!
    const loaded = await highlighter.load()
    if (loaded === null || stream !== this.#stream) return
    stream.colour(loaded.highlightPrepared)
    await loaded.whenPrepared()
    this.#requestFrame()
  }

  #chipsOf(answer: AnswerState, shown: number): Chip[] {
    const chips = new Map<string, Chip & {readonly quotes: string[]}>()
    for (const {n, start, end, quote} of answer.citations) {
      const source = answer.sources.find((candidate) => candidate.n === n)
      if (source === undefined || end > shown) continue
      const key = `${n}:${spanOf({start, end})}`
      let chip = chips.get(key)
      if (chip === undefined) {
        const {base} = this.#options!.links
        const href = safeHref(sectionAddress(source), base) ?? base
        const label = this.#say!('source', {n, name: nameOf(source)})
        chip = {n, start, end, href, base: href, label, quotes: []}
        chips.set(key, chip)
      }
      if (quote) chip.quotes.push(quote)
    }
    return [...chips.values()]
  }
}

/** Whether the text is complete; otherwise it may end in the middle of something and is kept presentable. */
export function isComplete({phase}: AnswerState): boolean {
  return phase === 'complete' || phase === 'quoted'
}

/** Whether the ending is shown only after the last words are drawn, which would push it. */
export function endsWithText(answer: AnswerState): boolean {
  return isComplete(answer) || ['declined', 'cut', 'broke-off', 'stopped'].includes(answer.phase)
}
