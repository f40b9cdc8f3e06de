import {type AnswerState, newAnswer, withUpdate} from '../../session/answer-state.ts'
import type {Transcript} from '../wire.ts'
import {offsetOf, type Timeline, timelineOf} from './timeline.ts'

/** What is left of a pause that is skipped, at either side. */
const edgeMs = 1_000

export const speeds = [0.5, 1, 2, 4, 8, 16] as const

/**
 * An answer as it was at a moment, which moves with real time while it plays. It begins at its end: the whole answer. The
 * events are added up by the same code that the visitor's page has.
 */
export class Replay {
  readonly timeline: Timeline
  isPlaying = false
  speed = 1
  /** Whether a pause takes two seconds at most, at any speed. */
  skipsPauses = false
  positionMs: number
  #state: AnswerState
  /** Number of events that are in the state. */
  #applied = 0
  #frame = 0
  #lastFrameAt = 0
  readonly #transcript: Transcript
  readonly #changed: () => void
  readonly #offsets: readonly number[]

  constructor(transcript: Transcript, changed: () => void) {
    this.#transcript = transcript
    this.#changed = changed
    this.timeline = timelineOf(transcript)
    let last = 0
    this.#offsets = transcript.events.map((event) => {
      last = Math.max(last, offsetOf(event, transcript.startedAt))
      return last
    })
    this.positionMs = this.timeline.durationMs
    this.#state = this.#beginning()
    this.#advance()
  }

  /** The answer as the visitor's page had it at the position. */
  get state(): AnswerState {
    return this.#state
  }

  get isAtEnd(): boolean {
    return this.positionMs >= this.timeline.durationMs
  }

  play(): void {
    if (this.isPlaying) return
    if (this.isAtEnd) this.seek(0)
    this.isPlaying = true
    this.#lastFrameAt = performance.now()
    this.#frame = requestAnimationFrame(this.#tick)
    this.#changed()
  }

  pause(): void {
    if (!this.isPlaying) return
    this.isPlaying = false
    cancelAnimationFrame(this.#frame)
    this.#changed()
  }

  toggle(): void {
    if (this.isPlaying) this.pause()
    else this.play()
  }

  /** @param positionMs brought into the length of the answer */
  seek(positionMs: number): void {
    const to = Math.min(this.timeline.durationMs, Math.max(0, positionMs))
    if (to < this.positionMs) {
      this.#state = this.#beginning()
      this.#applied = 0
    }
    this.positionMs = to
    this.#advance()
    this.#changed()
  }

  readonly #tick = (now: number): void => {
    const passedMs = Math.max(0, now - this.#lastFrameAt) * this.speed
    this.#lastFrameAt = now
    this.positionMs = Math.min(this.timeline.durationMs, this.#afterPause(this.positionMs + passedMs))
    this.#advance()
    if (this.isAtEnd) this.isPlaying = false
    else this.#frame = requestAnimationFrame(this.#tick)
    this.#changed()
  }

  /** Where somebody who skips pauses goes on: one second after the last event that is one second before the next. */
  #afterPause(positionMs: number): number {
    const last = this.#offsets[this.#applied - 1] ?? 0
    const next = this.#offsets[this.#applied]
    if (!this.skipsPauses || next === undefined || positionMs < last + edgeMs) return positionMs
    return Math.max(positionMs, next - edgeMs)
  }

  #beginning(): AnswerState {
    const {answerId, question, startedAt} = this.#transcript
    return newAnswer(answerId, question, {askedAt: startedAt})
  }

  #advance(): void {
    const {events} = this.#transcript
    while (this.#applied < events.length && this.#offsets[this.#applied]! <= this.positionMs) {
      const {seq, event} = events[this.#applied++]!
      this.#state = withUpdate(this.#state, {type: 'event', seq, event})
    }
  }
}
