import {expect, test} from 'vitest'
import {Admission} from '../../src/answering/admission.ts'

test('lets in as many as there are places, and again when one is given back', () => {
  const admission = new Admission(2)
  const leave = admission.enter()
  admission.enter()

  expect(() => admission.enter()).toThrowError(
    expect.objectContaining({code: 'rate_limited', details: {limit: 'all_answers'}}),
  )
  leave()
  admission.enter()

  expect(admission.active).toBe(2)
})

test('a place is given back once, however often that is said', () => {
  const admission = new Admission(2)
  const leave = admission.enter()
  admission.enter()

  leave()
  leave()

  expect(admission.active).toBe(1)
})

test('closed, it lets nothing in, and is idle when the last has left', async () => {
  const admission = new Admission(2)
  const leave = admission.enter()
  admission.close()
  let isIdle = false
  const idle = admission.idle().then(() => {
    isIdle = true
  })
  await Promise.resolve()
  const wasIdle = isIdle

  expect(() => admission.enter()).toThrowError(expect.objectContaining({code: 'shutting_down'}))
  leave()
  await idle
  await admission.idle()

  expect(wasIdle).toBe(false)
})
