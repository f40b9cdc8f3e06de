import type {ReactiveControllerHost} from 'lit'
import type {Say, StringKey} from '../locales/strings.ts'
import {type AnswerState, declinedToGoOn, isEnded} from '../session/answer-state.ts'
import {waitMsOf} from '../session/waiting.ts'
import {reasonText, refusalText} from './refusal.ts'

export interface AnnouncementsOptions {
  readonly say: () => Say
  readonly lang: () => string
  /** Dispatches an event of the element; `text` is added to the detail only if the page allows it. */
  readonly emit: (name: string, detail: Record<string, unknown>, text?: Record<string, unknown>) => void
  readonly onFirstUseful: (answerKey: string, firstUsefulMs: number) => void
}

/** Longer times are not reported: the clock was changed, or the answer was resumed much later. */
const maxUsefulMs = 120_000

const endings = {
  complete: 'announceDone',
  quoted: 'announceDone',
  declined: 'declined',
  cut: 'cutShort',
  abstained: 'notInDocsText',
  stopped: 'announceStopped',
  'broke-off': 'announceBroke',
} as const

/** Reports an answer's progress to the page and to screen readers: its stages, not each word. */
export class Announcements {
  readonly #host: ReactiveControllerHost
  readonly #options: AnnouncementsOptions
  #message = ''
  /** Why the last question was refused, and until when, in milliseconds since the epoch. */
  #refusal = {reason: '', until: 0}
  /** The answer whose expected sources were shown, and how long after the question. */
  #expected = {key: '', shownMs: 0}

  constructor(host: ReactiveControllerHost, options: AnnouncementsOptions) {
    this.#host = host
    this.#options = options
  }

  /** The text for screen readers. */
  get message(): string {
    return this.#message
  }

  announce(text: string): void {
    this.#message = text
    this.#host.requestUpdate()
  }

  /** Notes when the sources that were expected for a question are on the screen. */
  expectedShown({key, askedAt}: AnswerState): void {
    void this.#host.updateComplete.then(() => {
      requestAnimationFrame(() => {
        this.#expected = {key, shownMs: Math.max(0, Date.now() - askedAt)}
      })
    })
  }

  answerChanged(answer: AnswerState, before: AnswerState): void {
    const {say, emit} = this.#options
    const {phase} = answer
    const ref = answer.ref ?? null
    const hadNone = before.sources.length === 0 || before.areExpected === true
    if (hadNone && answer.sources.length > 0 && answer.areExpected !== true) {
      this.announce(say()('announceSources', {n: answer.sources.length}))
      void this.#host.updateComplete.then(() => {
        // The sources are painted with the next frame, and only then of use to the reader.
        requestAnimationFrame(() => this.#firstUseful(answer))
      })
    }
    if (before.phase !== 'writing' && phase === 'writing') emit('answered', {ref})
    if (isEnded(before) || !isEnded(answer)) return
    emit('ended', {ref, ending: phase, timings: answer.timings}, {text: answer.text})
    if (phase !== 'refused') this.announce(say()(endingOf(answer)))
    else this.#refused(answer)
  }

  /** Announced once per reason, however often the question is repeated too early. */
  #refused(answer: AnswerState): void {
    const {say, lang} = this.#options
    const now = Date.now()
    const reason = reasonText(answer, say())
    const isKnown = reason === this.#refusal.reason && now < this.#refusal.until
    if (!isKnown) this.announce(refusalText(answer, say(), lang(), now))
    const until = now + waitMsOf(answer, now)
    this.#refusal = {reason, until: isKnown ? Math.max(this.#refusal.until, until) : until}
  }

  #firstUseful({key, ref = null, askedAt, sources}: AnswerState): void {
    const isExpected = this.#expected.key === key
    const firstUsefulMs = isExpected ? this.#expected.shownMs : Math.max(0, Date.now() - askedAt)
    performance.mark('docs-assistant:first-useful', {detail: {ref, firstUsefulMs}})
    this.#options.emit('sources', {ref, count: sources.length, firstUsefulMs})
    if (firstUsefulMs < maxUsefulMs) this.#options.onFirstUseful(key, firstUsefulMs)
  }
}

function endingOf(answer: AnswerState): StringKey {
  const {phase, finishReason} = answer
  if (phase === 'declined' && declinedToGoOn(answer)) return 'declinedToGoOn'
  if (phase === 'cut' && finishReason === 'context_exceeded') return 'contextFull'
  return endings[phase as keyof typeof endings]
}
