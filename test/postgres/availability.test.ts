import {expect, onTestFinished, test} from 'vitest'
import {openPostgres, trackAvailability} from '../../src/postgres/index.ts'

const patient = {timeout: 60_000}

/** Availability of a database whose only statement, the probe, answers as the test says. */
async function tracked(options: {waitMs: number; probe: () => Promise<null>}) {
  const postgres = await openPostgres({url: 'postgres://nobody@127.0.0.1:1/none'})
  const problems: unknown[] = []
  let backs = 0
  const availability = trackAvailability(
    {...postgres, row: options.probe},
    {
      waitMs: options.waitMs,
      onProblem: (error) => problems.push(error),
      onBack: () => {
        backs += 1
      },
    },
  )
  onTestFinished(() => {
    availability.close()
    return postgres.close()
  })
  return {availability, problems, backs: () => backs}
}

test('an answer that comes in time is passed on', async () => {
  const {availability, problems} = await tracked({waitMs: 60_000, probe: async () => null})

  expect(await availability.inTime(async () => 7)).toBe(7)
  expect(availability.isAvailable()).toBe(true)
  expect(problems).toEqual([])
})

test('after a failure nobody asks, until a probe was answered; it is reported once', async () => {
  const failure = new Error('broken')
  let isBroken = true
  const {availability, problems, backs} = await tracked({
    waitMs: 60_000,
    probe: async () => {
      if (isBroken) throw failure
      return null
    },
  })
  let asked = 0
  const ask = async () => {
    asked += 1
    throw failure
  }
  const answers = [await availability.inTime(ask), await availability.inTime(ask)]
  isBroken = false
  await expect.poll(backs, patient).toBe(1)

  expect(answers).toEqual([null, null])
  expect(asked).toBe(1)
  expect(problems).toEqual([failure])
  expect(await availability.inTime(async () => 'again')).toBe('again')
})

test('an answer that never comes is not waited for, and neither is a probe', async () => {
  const never = () => new Promise<null>(() => {})
  let probes = 0
  const {availability, problems, backs} = await tracked({
    waitMs: 50,
    probe: () => (++probes === 1 ? never() : Promise.resolve(null)),
  })
  const late = await availability.inTime(never)

  expect(late).toBeNull()
  expect(problems).toMatchObject([
    {code: 'storage', message: 'PostgreSQL: no answer within 50 milliseconds.'},
  ])
  await expect.poll(backs, patient).toBe(1)
  expect(probes).toBe(2)
})
