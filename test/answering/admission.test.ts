import {expect, test} from 'vitest'
import {Admission} from '../../src/answering/admission.ts'

test('admits as many as there are slots, and again when one is released', () => {
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

test('a slot is released once, however often it is called', () => {
  const admission = new Admission(2)
  const leave = admission.enter()
  admission.enter()

  leave()
  leave()

  expect(admission.active).toBe(1)
})

test('once closed it admits nothing, and is idle when the last slot is released', async () => {
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
