import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

let product: TestDocent

beforeAll(async () => {
  product = await startDocent()
})
afterAll(() => product.close())

const post = (path: string, body: object) =>
  fetch(product.url + path, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
  })

async function refusal(response: Promise<Response>): Promise<[status: number, message: string]> {
  const {status, ...sent} = await response.then(async (given) => ({
    status: given.status,
    body: await given.json(),
  }))
  return [status, (sent.body as {error: {message: string}}).error.message]
}

describe('what is wrong with a request is said in words that tell what to do', () => {
  test.each([
    ['/api/search', 'q: is required'],
    ['/api/search?q=a&q=b', 'q: must be given once'],
    ['/api/search?q=a&k=1&k=2', 'k: must be given once'],
    ['/api/search?q=a&prefix=perhaps', 'prefix: must be one of '],
    ['/api/search?q=a&k=0', 'k: must be at least 1'],
    ['/api/section', 'url: is required'],
    ['/llms-full.txt?from=1&from=2', 'from: must be given once'],
  ])('GET %s', async (path, message) => {
    const response = await fetch(product.url + path)
    const text = await response.text()

    expect(response.status).toBe(400)
    expect(text).toContain(message)
  })

  test.each([
    ['/api/answers', {}, 'question: is required'],
    ['/api/answers', {question: 5}, 'question: must be text'],
    ['/api/answers', {question: ['a']}, 'question: must be text'],
    ['/api/answers', {question: 'x'.repeat(4_001)}, 'question: must have at most 4000 characters'],
    ['/api/answers', {question: 'a', bufferMs: 1.5}, 'bufferMs: must be a whole number'],
    ['/api/answers', {question: 'a', bufferMs: -1}, 'bufferMs: must be at least 0'],
    ['/api/answers', {question: 'a', history: [{role: 'user'}]}, 'history.0.content: is required'],
    ['/api/chat', {}, 'messages: is required'],
    ['/v1/responses', {input: 'a', docent: 'b'}, 'docent: must be an object'],
  ])('POST %s %#', async (path, body, message) => {
    expect(await refusal(post(path, body))).toEqual([400, message])
  })
})

test('a parameter that is not needed may be empty or given twice where nobody reads it', async () => {
  const found = await fetch(`${product.url}/api/search?q=port&k=&utm=1&utm=2`)

  expect(found.status).toBe(200)
})
