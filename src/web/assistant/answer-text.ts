import {type AnswerState, isEnded} from '../client/answer-state.ts'
import {hrefOf, nameOf} from '../client/markdown-copy.ts'
import type {Say} from '../locales/strings.ts'
import {safeHref} from '../render/links.ts'
import {createMarkdownStream, type DrawnBlock, type MarkdownStream} from '../render/markdown-stream.ts'
import type {Chip, NodeOptions} from '../render/nodes.ts'
import {patch} from '../render/patch.ts'

/** So much text appears in one frame at most: a burst is spread over frames instead of holding one up. */
const maxCharsPerFrame = 1_200

/**
 * The text of one answer, drawn at most once a frame. Lives inside the assistant's shadow root and is styled there.
 * Fires `drawn` (bubbling) after each frame that changed it.
 */
export class AnswerText extends HTMLElement {
  #answer: AnswerState | null = null
  #stream: MarkdownStream | null = null
  #options: NodeOptions | null = null
  #say: Say | null = null
  #blocks: readonly DrawnBlock[] = []
  #shown = 0
  #frame = 0

  /** What to show from the next frame on. Options must not change for one element. */
  show(answer: AnswerState, options: NodeOptions, say: Say): void {
    const isAnother =
      this.#answer !== null && (this.#answer.key !== answer.key || this.#answer.attempt !== answer.attempt)
    if (this.#stream === null || isAnother || this.#say !== say) {
      this.#stream = createMarkdownStream(options)
      this.#options = options
      this.#say = say
      if (isAnother) this.#shown = 0
    }
    if (this.#answer === answer) return
    this.#answer = answer
    this.#ask()
  }

  /** Whether the words on the screen are all there are. */
  get isCaughtUp(): boolean {
    return this.#answer !== null && this.#shown >= this.#answer.text.length
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
    this.#shown = Math.min(answer.text.length, this.#shown + maxCharsPerFrame)
    const isWhole = this.#shown === answer.text.length
    const text = isWhole ? answer.text : answer.text.slice(0, this.#shown)
    this.#put(this.#stream.update(text, this.#chipsOf(answer, this.#shown), isWhole && isEnded(answer)))
    if (!isWhole) this.#ask()
    this.dispatchEvent(new CustomEvent('drawn', {bubbles: true}))
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
  }

  #chipsOf(answer: AnswerState, shown: number): Chip[] {
    const chips: Chip[] = []
    const taken = new Set<string>()
    for (const {n, start, end} of answer.citations) {
      const source = answer.sources.find((candidate) => candidate.n === n)
      if (source === undefined || end > shown || taken.has(`${n}:${end}`)) continue
      taken.add(`${n}:${end}`)
      const {base} = this.#options!.links
      const href = safeHref(hrefOf(source), base) ?? base
      chips.push({n, start, end, href, base: href, label: this.#say!('source', {n, name: nameOf(source)})})
    }
    return chips
  }
}
