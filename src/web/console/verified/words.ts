import type {Outcome} from '../words.ts'
import type {VerifiedItem} from './wire.ts'

/** A list that is offered, and its state as the API takes it. */
export const states = [
  {name: 'All', value: ''},
  {name: 'Waiting', value: 'proposed'},
  {name: 'Given', value: 'published'},
  {name: 'Resting', value: 'resting'},
  {name: 'Withdrawn', value: 'withdrawn'},
] as const

export function stateOf({state, isResting}: Pick<VerifiedItem, 'state' | 'isResting'>): Outcome {
  if (state === 'proposed') return {words: 'Waits to be published', icon: 'clock', tone: 'calm'}
  if (state === 'withdrawn') return {words: 'Withdrawn', icon: 'stop', tone: 'calm'}
  return isResting
    ? {words: 'Rests: its page has changed', icon: 'alert', tone: 'warn'}
    : {words: 'Given to visitors', icon: 'check', tone: 'good'}
}
