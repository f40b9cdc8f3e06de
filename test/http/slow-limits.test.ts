import {afterEach, expect, test} from 'vitest'
import type {Acquisition, Claim, LimitStore} from '../../src/http/limits/limit-store.ts'
import {memoryLimits} from '../../src/http/limits/memory-limits.ts'
import type {Settings} from '../../src/settings/index.ts'
import {rawClient} from '../support/raw-client.ts'
import {connect} from '../support/socket-client.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

/** What happens at the edge while a store of limits is being asked. */

const patiently = {timeout: 20_000}
const products: TestDocent[] = []

afterEach(async () => {
  for (const product of products.splice(0)) await product.close()
})

/** A store that delays the acquisition of some keys until the test continues it, in order. */
function heldStore(isHeld: (key: string) => boolean) {
  const memory = memoryLimits()
  const waiting: (() => void)[] = []
  const acquisitions: Promise<Acquisition>[] = []
  let held = 0

  async function acquire(claims: readonly Claim[]): Promise<Acquisition> {
    if (claims.some(({key}) => isHeld(key))) await new Promise<void>((resolve) => waiting.push(resolve))
    const acquisition = await memory.acquire(claims)
    if (!acquisition.isAcquired) return acquisition
    held++
    let isReleased = false
    const release = async (isSpent: boolean) => {
      if (!isReleased) held--
      isReleased = true
      await acquisition.release(isSpent)
    }
    return {isAcquired: true, release}
  }

  const store: LimitStore = {
    countInMinute: memory.countInMinute,
    acquire(claims) {
      const acquisition = acquire(claims)
      acquisitions.push(acquisition)
      return acquisition
    },
  }
  return {
    store,
    wait: (count: number) => expect.poll(() => waiting.length, patiently).toBe(count),
    /** Resolves when everything that waited has been acquired. */
    async letGo() {
      for (const go of waiting.splice(0)) go()
      await Promise.all(acquisitions)
    },
    /** Resolves when everything acquired has been released, and no answer is running. */
    async nothingIsLeft({answering}: TestDocent) {
      await expect.poll(() => [held, answering.active], patiently).toEqual([0, 0])
    },
  }
}

async function start(limitStore: LimitStore, options: Partial<Settings> = {}): Promise<TestDocent> {
  const product = await startDocent({
    limitStore,
    settings: {maxConcurrentAnswersPerVisitor: 1, ...options},
  })
  products.push(product)
  return product
}

const connections = ({http}: TestDocent) =>
  new Promise<number>((resolve) => http.server.getConnections((_error, count) => resolve(count)))
const allGone = (product: TestDocent) => expect.poll(() => connections(product), patiently).toBe(0)

const isAnswer = (key: string) => key.startsWith('answers')
const isStream = (key: string) => key.startsWith('streams')

function askText(body: object): string {
  const text = JSON.stringify(body)
  return `POST /api/answers HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`
}

test('of a question sent twice at once with one key, one acquires slots and the other joins it', async () => {
  const {store, wait, letGo} = heldStore(isAnswer)
  const product = await start(store)
  const headers = {'idempotency-key': 'twice'}
  const asked = [product.ask({question: 'How?'}, {headers}), product.ask({question: 'How?'}, {headers})]
  await wait(1)

  await letGo()
  const call = await product.generator.call(0)
  call.say('So.')
  call.finish()

  for (const response of await Promise.all(asked)) {
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('event: done')
  }
  expect(product.generator.calls).toHaveLength(1)
})

test.each([
  ['its stream', isStream],
  ['its answer', isAnswer],
])(
  'a client that leaves while a slot for %s is being acquired has no answer written and holds nothing',
  async (_what, isHeld) => {
    const {store, wait, letGo, nothingIsLeft} = heldStore(isHeld)
    const product = await start(store)
    const client = await rawClient(product.port, askText({question: 'How?'}))
    await wait(1)

    client.socket.destroy()
    await allGone(product)
    await letGo()

    await nothingIsLeft(product)
    expect(product.generator.calls).toEqual([])
  },
)

test('a socket that closes while a slot for its answer is being acquired has no answer written and holds nothing', async () => {
  const {store, wait, letGo, nothingIsLeft} = heldStore(isAnswer)
  const product = await start(store)
  const client = await connect(product)
  client.send({type: 'ask', question: 'How?'})
  await wait(1)

  client.socket.terminate()
  await allGone(product)
  await letGo()

  await nothingIsLeft(product)
  expect(product.generator.calls).toEqual([])
})

test('a WebSocket whose client leaves before its stream has a slot holds none', async () => {
  const {store, wait, letGo, nothingIsLeft} = heldStore(isStream)
  const product = await start(store)
  const client = await rawClient(
    product.port,
    'GET /api/ws HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  await wait(1)

  client.socket.resetAndDestroy()
  // Nothing shows whether the server has noticed; it must come to the same.
  await new Promise((resolve) => setTimeout(resolve, 100))
  await letGo()

  await nothingIsLeft(product)
  await allGone(product)
})

test('a WebSocket whose slot took a while answers everything sent meanwhile', async () => {
  const {store, wait, letGo} = heldStore(isStream)
  const product = await start(store)
  const connecting = connect(product)
  await wait(1)

  await letGo()
  const client = await connecting
  client.send({type: 'stop', answerId: 'none', ref: 'r'})

  expect(await client.next()).toMatchObject({type: 'refused', ref: 'r'})
  client.socket.terminate()
})
