import {html, LitElement, type TemplateResult} from 'lit'
import type {Transcript} from '../wire.ts'
import {Follower} from './follow.ts'
import {player} from './player.ts'
import {Replay} from './replay.ts'

/** An answer with its player: an element of its own, since it is drawn with every frame while it plays. */
export class ReplayView extends LitElement {
  static override properties = {
    transcript: {attribute: false},
    imageHosts: {attribute: false},
    docsBase: {attribute: false},
  }
  declare transcript: Transcript
  declare imageHosts: readonly string[]
  /** As of `docent-answer`. */
  declare docsBase: string | undefined
  #replay: Replay | null = null
  #events: Transcript['events'] | null = null
  #wasPlaying = false
  readonly #follower = new Follower(this)

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  /** Null before it is drawn. */
  get replay(): Replay | null {
    return this.#replay
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#follower.connect()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#follower.disconnect()
    this.#replay?.pause()
  }

  protected override willUpdate(): void {
    // A review changes the transcript, and must not move the replay.
    if (this.#events === this.transcript.events) return
    this.#events = this.transcript.events
    this.#replay?.pause()
    this.#replay = new Replay(this.transcript, () => this.requestUpdate())
  }

  protected override updated(): void {
    const {isPlaying} = this.#replay!
    if (isPlaying && !this.#wasPlaying) this.#follower.isFollowing = true
    // The last frame is followed too.
    if ((isPlaying || this.#wasPlaying) && this.#follower.isFollowing) void this.#showEdge()
    this.#wasPlaying = isPlaying
  }

  async #showEdge(): Promise<void> {
    await this.querySelector<LitElement>('docent-answer')?.updateComplete
    if (this.isConnected) this.#follower.show()
  }

  protected override render(): TemplateResult {
    const replay = this.#replay!
    const {imageHosts, docsBase} = this
    return html`<docent-answer .answer=${replay.state} .imageHosts=${imageHosts} .docsBase=${docsBase} .emptiedAt=${this.transcript.emptiedAt}></docent-answer>
      ${player(replay, {
        seek: (ms) => replay.seek(ms),
        jump: async (ms) => {
          replay.seek(ms)
          await this.updateComplete
          await this.#showEdge()
        },
        toggle: () => replay.toggle(),
        setSpeed: (speed) => {
          replay.speed = speed
          this.requestUpdate()
        },
        skipPauses: (skips) => {
          replay.skipsPauses = skips
          this.requestUpdate()
        },
      })}`
  }
}
