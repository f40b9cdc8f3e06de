import {html, LitElement, type TemplateResult} from 'lit'
import type {Transcript} from '../wire.ts'
import {player} from './player.ts'
import {Replay} from './replay.ts'

/** An answer with its player: an element of its own, since it is drawn with every frame while it plays. */
export class ReplayView extends LitElement {
  static override properties = {transcript: {attribute: false}, imageHosts: {attribute: false}}
  declare transcript: Transcript
  declare imageHosts: readonly string[]
  #replay: Replay | null = null
  #events: Transcript['events'] | null = null

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  /** Null before it is drawn. */
  get replay(): Replay | null {
    return this.#replay
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#replay?.pause()
  }

  protected override willUpdate(): void {
    // A review changes the transcript, and must not move the replay.
    if (this.#events === this.transcript.events) return
    this.#events = this.transcript.events
    this.#replay?.pause()
    this.#replay = new Replay(this.transcript, () => this.requestUpdate())
  }

  protected override render(): TemplateResult {
    const replay = this.#replay!
    return html`<docent-answer .answer=${replay.state} .imageHosts=${this.imageHosts}></docent-answer>
      ${player(replay, {
        seek: (ms) => replay.seek(ms),
        toggle: () => replay.toggle(),
        setSpeed: (speed) => {
          replay.speed = speed
          this.requestUpdate()
        },
      })}`
  }
}
