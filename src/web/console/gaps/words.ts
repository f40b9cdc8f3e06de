import {count} from '../format.ts'
import type {Outcome} from '../words.ts'
import type {Gap, GapReason, GapState, Severity} from './wire.ts'

export const severityWords: Readonly<Record<Severity, Outcome>> = {
  high: {words: 'High', icon: 'alert', tone: 'bad'},
  medium: {words: 'Medium', icon: 'flag', tone: 'warn'},
  low: {words: 'Low', icon: 'down', tone: 'calm'},
}

export const stateWords: Readonly<Record<GapState, Outcome>> = {
  open: {words: 'Open', icon: 'search', tone: 'calm'},
  closed: {words: 'Closed', icon: 'check', tone: 'good'},
  dismissed: {words: 'Dismissed', icon: 'stop', tone: 'calm'},
}

/** Strongest first. */
export const reasonWords: Readonly<Record<GapReason, Outcome>> = {
  failedReview: {words: 'failed a review', icon: 'alert', tone: 'bad'},
  disliked: {words: 'disliked', icon: 'bad', tone: 'bad'},
  abstained: {words: 'not in the docs', icon: 'book', tone: 'warn'},
  partly: {words: 'answered in part', icon: 'contrast', tone: 'calm'},
  left: {words: 'visitor left', icon: 'leave', tone: 'calm'},
}

/** Where a verified answer is given. */
export const verifiedWords: Outcome = {words: 'verified answer', icon: 'check', tone: 'good'}

/** `12 not in the docs, 3 disliked`, the most frequent first. */
export function reasonsOf({reasons}: Pick<Gap, 'reasons'>): string {
  return (Object.keys(reasonWords) as GapReason[])
    .filter((reason) => (reasons[reason] ?? 0) > 0)
    .sort((one, other) => reasons[other] - reasons[one])
    .map((reason) => `${count(reasons[reason])} ${reasonWords[reason].words}`)
    .join(', ')
}

export function trendWords({recent, before}: Gap['trend']): string {
  if (recent === 0 && before === 0) return 'none in two weeks'
  return `${count(recent)} this week, ${count(before)} the week before`
}

export interface Choice {
  readonly value: string
  readonly words: string
}

/** The empty value is what the API takes without one. */
export const states: readonly (Choice & {readonly counted: readonly GapState[]})[] = [
  {value: '', words: 'Open', counted: ['open']},
  {value: 'closed', words: 'Closed', counted: ['closed']},
  {value: 'dismissed', words: 'Dismissed', counted: ['dismissed']},
  {value: 'all', words: 'All', counted: ['open', 'closed', 'dismissed']},
]

export const scopes: readonly Choice[] = [
  {value: '', words: 'About these docs'},
  {value: 'elsewhere', words: 'About something else'},
  {value: 'all', words: 'About anything'},
]

export const severities: readonly Choice[] = [
  {value: '', words: 'Any severity'},
  ...(['high', 'medium', 'low'] as const).map((value) => ({value, words: severityWords[value].words})),
]

export const orders: readonly Choice[] = [
  {value: '', words: 'Most severe first'},
  {value: 'size', words: 'Most answers first'},
  {value: 'trend', words: 'Growing fastest first'},
  {value: 'latest', words: 'Asked last first'},
]

/** What of an address narrows or orders the list, in a fixed order. */
export const listNames = ['state', 'scope', 'severity', 'assignee', 'q', 'sort'] as const
