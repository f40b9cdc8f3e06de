import type {Channel, Ending, FinishReason} from '../../domain/index.ts'
import type {ConsoleIcon} from './icons.ts'
import type {TranscriptItem, Verdict} from './wire.ts'

export interface Outcome {
  readonly words: string
  readonly icon: ConsoleIcon
  readonly tone: 'good' | 'calm' | 'warn' | 'bad'
}

export const endingWords: Readonly<Record<Ending | 'running', Outcome>> = {
  complete: {words: 'Complete', icon: 'check', tone: 'good'},
  abstained: {words: 'Not in the docs', icon: 'book', tone: 'calm'},
  stopped: {words: 'Stopped by visitor', icon: 'stop', tone: 'calm'},
  disconnected: {words: 'Visitor left', icon: 'leave', tone: 'calm'},
  timeout: {words: 'Timed out', icon: 'clock', tone: 'warn'},
  error: {words: 'Error', icon: 'alert', tone: 'bad'},
  interrupted: {words: 'Server stopped', icon: 'alert', tone: 'bad'},
  running: {words: 'Running', icon: 'running', tone: 'calm'},
}

/** What kind of client asked. */
export const channelWords: Readonly<Record<Channel, string>> = {
  http: 'Page, widget or HTTP',
  ws: 'WebSocket',
  'ai-sdk': 'AI SDK',
  openai: 'OpenAI, chat completions',
  'openai-responses': 'OpenAI, responses',
  'docs-ask': 'Address with ?ask=',
  cli: 'Terminal',
}

/** A channel of a later version is shown by its name. */
export function wordsOfChannel(channel: string): string {
  return Object.hasOwn(channelWords, channel) ? channelWords[channel as Channel] : channel
}

const partialWords: Partial<Record<FinishReason, Outcome>> = {
  refusal: {words: 'Model declined', icon: 'alert', tone: 'warn'},
  max_tokens: {words: 'Cut at its length limit', icon: 'alert', tone: 'warn'},
  context_exceeded: {words: 'Cut at the context limit', icon: 'alert', tone: 'warn'},
}

/** How an answer ended, for staff: a partial one is not shown as complete. */
export function outcomeOf({ending, finishReason}: Pick<TranscriptItem, 'ending' | 'finishReason'>): Outcome {
  if (ending === null) return endingWords.running
  const partial = ending === 'complete' && finishReason !== null ? partialWords[finishReason] : undefined
  return partial ?? endingWords[ending]
}

export const verdictWords: Readonly<Record<Verdict, string>> = {
  good: 'Good',
  incomplete: 'Incomplete',
  wrong: 'Wrong',
  harmful: 'Harmful',
  should_abstain: 'Should have said no',
  should_answer: 'Should have answered',
}
