import {stepOf} from './player.ts'
import type {Replay} from './replay.ts'

/** Space starts and pauses a replay, the arrows move it, unless the key belongs to what has the focus. */
export function replayByKey(event: KeyboardEvent, replay: Replay): void {
  const target = event.target as Element
  if (event.key === ' ' && !target.closest('button, a, summary, pre')) {
    event.preventDefault()
    replay.toggle()
  } else if (
    (event.key === 'ArrowLeft' || event.key === 'ArrowRight') &&
    !target.closest('pre, .table, .events')
  ) {
    event.preventDefault()
    replay.seek(replay.positionMs + (event.key === 'ArrowLeft' ? -1 : 1) * stepOf(replay))
  }
}
