import {afterAll, afterEach, beforeAll, expect, vi} from 'vitest'
import {cleanUpAfterTest} from './after-every-test.ts'

/** Runs before each file: a file leaves the process, which others may share, as it was. */

/** Variables that packages set when they are loaded. */
const setByPackages = ['ORT_DISABLE_TELEMETRY', 'VIPSHOME']

const stateOfProcess = () => ({env: {...process.env}, cwd: process.cwd(), umask: process.umask()})

let before: ReturnType<typeof stateOfProcess>

beforeAll(() => {
  before = stateOfProcess()
})

afterEach(cleanUpAfterTest)

afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  const {env, ...rest} = stateOfProcess()
  // Names alone: what the variables hold is not for a log.
  const changed = Object.keys({...before.env, ...env}).filter((name) => env[name] !== before.env[name])
  expect({...rest, changed: changed.filter((name) => !setByPackages.includes(name))}).toEqual({
    cwd: before.cwd,
    umask: before.umask,
    changed: [],
  })
})
