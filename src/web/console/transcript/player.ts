import {html, nothing, svg, type TemplateResult} from 'lit'
import {duration} from '../format.ts'
import {icon} from '../icons.ts'
import {type Replay, speeds} from './replay.ts'
import {lengthOf, type Timeline} from './timeline.ts'

/** Units of the pictures of time, which are as wide as their place. */
const width = 1_000

export interface PlayerHandlers {
  readonly seek: (ms: number) => void
  readonly toggle: () => void
  /** To a moment that somebody wants to see. */
  readonly jump: (ms: number) => void
  readonly setSpeed: (speed: number) => void
  readonly skipPauses: (skips: boolean) => void
}

/** Play, a scrubber with what happened on it, the speed, and where to jump to. */
export function player(replay: Replay, on: PlayerHandlers): TemplateResult {
  const {timeline, positionMs, isPlaying, speed, skipsPauses, isAtEnd} = replay
  const {durationMs} = timeline
  const label = isPlaying ? 'Pause' : isAtEnd ? 'Replay' : 'Play'
  return html`<div class="player" role="group" aria-label="Replay">
    <button class="primary play" type="button" @click=${on.toggle}>${icon(isPlaying ? 'pause' : 'play')}<span>${label}</span></button>
    <div class="scrub">
      ${picture(timeline)}
      <input type="range" min="0" max=${durationMs} step="any" aria-label="Position in the replay"
        aria-valuetext="${duration(positionMs)} of ${duration(durationMs)}, ${momentWords(replay)}"
        .value=${String(positionMs)} @input=${(event: Event) => on.seek((event.target as HTMLInputElement).valueAsNumber)}
        @keydown=${(event: KeyboardEvent) => stepped(event, replay, on)}>
    </div>
    <span class="clock">${duration(positionMs)} <span class="quiet">/ ${duration(durationMs)}</span></span>
    <label class="field inline"><span class="sr">Speed</span><select class="speed" @change=${(event: Event) => on.setSpeed(Number((event.target as HTMLSelectElement).value))}>
      ${speeds.map((one) => html`<option value=${one} ?selected=${one === speed}>${one === 0.5 ? '½' : one}×</option>`)}</select></label>
    <label class="check" title="A pause takes two seconds at most"><input type="checkbox" .checked=${skipsPauses} @change=${(event: Event) => on.skipPauses((event.target as HTMLInputElement).checked)}> Skip pauses</label>
    ${jumps(timeline, on)}
  </div>`
}

/** How far an arrow key moves. */
export function stepOf({timeline}: Replay): number {
  return Math.max(100, Math.min(5_000, timeline.durationMs / 40))
}

/** The browser's own step of a range without steps is too small to hear or see. */
function stepped(event: KeyboardEvent, replay: Replay, on: PlayerHandlers): void {
  const steps: Readonly<Record<string, number>> = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1}
  const step = steps[event.key]
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  event.stopPropagation()
  on.seek(replay.positionMs + step * stepOf(replay))
}

function momentWords({state, isAtEnd}: Replay): string {
  if (isAtEnd) return 'the end'
  if (state.phase === 'writing') return `${state.text.length} characters written`
  return state.phase.replace('-', ' ')
}

/** Waiting, writing, pauses and the error, along the scrubber. */
function picture(timeline: Timeline): TemplateResult {
  const {durationMs, sourcesMs, firstTokenMs, stalls, errorMs} = timeline
  const x = (ms: number): number => (ms / durationMs) * width
  const bar = (name: string, from: number, to: number, words: string): TemplateResult =>
    svg`<rect class=${name} x=${x(from)} y="0" width=${Math.max(2, x(to) - x(from))} height="10"><title>${words}</title></rect>`
  const mark = (name: string, at: number, words: string): TemplateResult =>
    svg`<rect class=${name} x=${Math.min(width - 4, Math.max(0, x(at) - 2))} y="0" width="4" height="10"><title>${words}</title></rect>`
  return html`<svg class="track" viewBox="0 0 ${width} 10" preserveAspectRatio="none" aria-hidden="true">
    ${bar('waiting', 0, firstTokenMs ?? durationMs, 'Waiting')}
    ${firstTokenMs === null ? nothing : bar('writing', firstTokenMs, durationMs, 'Writing')}
    ${stalls.map((stall) => bar('stall', stall.from, stall.to, `Pause of ${duration(lengthOf(stall))}`))}
    ${sourcesMs === null ? nothing : mark('mark', sourcesMs, 'Sources')}
    ${errorMs === null ? nothing : mark('error', errorMs, 'Error')}
  </svg>`
}

function jumps(
  {sourcesMs, firstTokenMs, longestPause, errorMs, hasEnded, durationMs}: Timeline,
  on: PlayerHandlers,
): TemplateResult {
  const jump = (words: string, at: number | null, detail: string): TemplateResult | typeof nothing =>
    at === null
      ? nothing
      : html`<li><button class="link" type="button" @click=${() => on.jump(at)}>${words} <span class="quiet">${detail}</span></button></li>`
  return html`<ul class="jumps" aria-label="Jump to">
    ${jump('Sources', sourcesMs, duration(sourcesMs))}
    ${jump('First word', firstTokenMs, duration(firstTokenMs))}
    ${longestPause === null ? nothing : jump('Longest pause', longestPause.from, `of ${duration(lengthOf(longestPause))}`)}
    ${jump('Error', errorMs, duration(errorMs))}
    ${errorMs === null && hasEnded ? jump('End', durationMs, duration(durationMs)) : nothing}
  </ul>`
}
