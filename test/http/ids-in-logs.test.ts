import {afterEach, expect, test} from 'vitest'
import {refOf} from '../../src/answers/ids.ts'
import type {Log} from '../../src/http/log.ts'
import {adminToken, startDocent, type TestDocent} from '../support/start-docent.ts'

let product: TestDocent

afterEach(() => product.close())

/** Keeps every line as text. */
function listeningLog(): Log & {readonly lines: string[]} {
  const lines: string[] = []
  const note = (facts: object, message: string) => {
    lines.push(
      JSON.stringify({message, ...facts}, (_, value) => (value instanceof Error ? String(value) : value)),
    )
  }
  return {lines, debug: note, info: note, warn: note, error: note}
}

test('the log names answers and conversations by references that grant no access', async () => {
  const log = listeningLog()
  product = await startDocent({log})
  const asked = product.ask({question: 'How?'}, {headers: {accept: 'application/json'}})
  const call = await product.generator.call(0)
  call.say('So.')
  call.finish()
  const {answerId, conversationId} = (await (await asked).json()) as Record<string, string>

  const staff = {headers: {authorization: `Bearer ${adminToken}`}}
  for (const path of [
    `/api/answers/${answerId}`,
    `/api/answers/${answerId}/events`,
    `/api/answers/${answerId}/nothing`,
    // Spelled otherwise, they are still found, or still the ids they are.
    `/API/Answers/${answerId}/events`,
    `/api/answers//${answerId}`,
    `/api/answers/x/${answerId}`,
    `/${answerId}`,
    `/docs/${conversationId}`,
    `/api/admin/transcripts/${answerId}`,
    `/console/transcripts/${answerId}`,
    '/api/admin/transcripts/export',
  ]) {
    await (await fetch(product.url + path, staff)).text()
  }
  await fetch(`${product.url}/api/answers/${answerId}/feedback`, {method: 'POST', body: '{'})
  await fetch(`${product.url}/api/Conversations/${conversationId}`, {method: 'DELETE'})

  const told = () => log.lines.join('\n')
  await expect.poll(told).toContain(`/api/Conversations/${refOf(conversationId!)}`)
  expect(told()).toContain(`"/api/answers/${refOf(answerId!)}/events"`)
  expect(told()).toContain(`"message":"answer ended","ref":"${refOf(answerId!)}"`)
  expect(told()).toContain('"/api/admin/transcripts/export"')
  expect(told()).not.toContain(answerId)
  expect(told()).not.toContain(conversationId)
})
