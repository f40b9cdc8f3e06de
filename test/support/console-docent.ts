import type {Page} from 'playwright-core'
import {DocentError} from '../../src/domain/index.ts'
import {type PlayedDocent, type PlayedDocentOptions, startPlayedDocent} from './played-docent.ts'
import {deltasOf, done, sampleDeltas, sourcesEvent} from './sample-answer.ts'
import type {Step} from './script-player.ts'

const sent = (events: readonly Extract<Step, {send: unknown}>['send'][]): Step[] =>
  events.map((send) => ({send}))

const failure = new DocentError('upstream_cut', 'The model’s connection broke off.')

/** How answers go, by the first word of the question; `well` for any other. */
const scripts: Readonly<Record<string, () => readonly Step[]>> = {
  well: () => [
    {send: sourcesEvent()},
    ...sampleDeltas.flatMap((send, i): Step[] => (i % 12 === 0 ? [{waitMs: 15}, {send}] : [{send}])),
    {send: done('complete')},
  ],
  stalling: () => [
    {send: sourcesEvent()},
    {waitMs: 300},
    ...sent(deltasOf('The port is set by `PORT`. ')),
    {waitMs: 1_300},
    ...sent(deltasOf('It is 3000 by default.')),
    {send: done('complete')},
  ],
  broken: () => [
    {send: sourcesEvent()},
    {waitMs: 250},
    ...sent(deltasOf('The port is set by **PORT**, and then')),
    {
      send: {
        type: 'error',
        ending: 'error',
        code: failure.code,
        message: failure.message,
        retryable: true,
      },
    },
  ],
  declined: () => [
    {send: sourcesEvent()},
    ...sent(deltasOf('I cannot')),
    {send: done('complete', {finishReason: 'refusal'})},
  ],
  unknown: () => [{send: done('abstained', {reason: 'low_score'})}],
  held: () => [
    {send: sourcesEvent()},
    ...sent(deltasOf('It begins')),
    {hold: true},
    {send: done('complete')},
  ],
}

/** A real server whose answers go as their question's first word says, with the console. */
export function startConsoleDocent(
  webDir: string,
  more: Partial<PlayedDocentOptions> = {},
): Promise<PlayedDocent> {
  return startPlayedDocent({
    webDir,
    script: (question) => (scripts[question.split(' ')[0]!.toLowerCase()] ?? scripts['well']!)(),
    ...more,
  })
}

/** Asks, and reads the answer to its end. Returns its id. */
export async function askToEnd(
  {url}: Pick<PlayedDocent, 'url'>,
  question: string,
  body: object = {},
): Promise<{readonly answerId: string; readonly conversationId: string}> {
  const response = await fetch(`${url}/api/answers`, {
    method: 'POST',
    headers: {'content-type': 'application/json', accept: 'text/event-stream'},
    body: JSON.stringify({question, ...body}),
  })
  const [, start = ''] = /^event: start\ndata: (.*)$/m.exec(await response.text()) ?? []
  return JSON.parse(start)
}

/** Fills in the form of the console and sends it. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Staff token').fill(token)
  await page.getByRole('button', {name: 'Sign in'}).click()
}
