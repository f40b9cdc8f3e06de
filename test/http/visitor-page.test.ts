import {expect, test} from 'vitest'
import {visitorAddressOf} from '../../src/lib/visitor-address.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {idOf} from '../support/reading.ts'
import {adminToken, startDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)
const staff = {headers: {authorization: `Bearer ${adminToken}`}}

async function askedOn(product: Awaited<ReturnType<typeof start>>, page: unknown): Promise<string> {
  const reading = await product.read({question: 'What does this do?', page})
  ;(await product.generator.call(0)).finish()
  await reading.all()
  return idOf(reading)
}

test('the page of a question is kept with its answer, on one line, without its query, and cut', async () => {
  const product = await start({})
  const id = await askedOn(product, {
    url: 'https://someone:secret@docs.example.com/port?token=secret#set',
    title: `Port\n\u001b[31m${'x'.repeat(300)}`,
    section: 'Set \u202eit',
  })

  const {page} = (await product.transcript(id)) as {page: Record<string, string>}
  expect(page['url']).toBe('https://docs.example.com/port#set')
  expect(page['title']).toBe(`Port ${'x'.repeat(195)}`)
  expect(page['section']).toBe('Set it')
})

test('the generator is told the page, as data', async () => {
  const product = await start({})
  const reading = await product.read({question: 'What is it?', page: {title: 'Port'}})
  const call = await product.generator.call(0)
  expect(call.request.visitorPage).toEqual({title: 'Port', section: null})
  call.finish()
  await reading.all()
})

test('an export has the page in either format', async () => {
  const product = await start({})
  await askedOn(product, {url: '/docs/port', title: '=Port<b>', section: 'set'})
  const exported = async (format: string) =>
    (await fetch(`${product.url}/api/admin/transcripts/export?format=${format}`, staff)).text()

  expect(JSON.parse(await exported('jsonl'))).toMatchObject({page: {url: '/docs/port', title: '=Port<b>'}})
  expect(await exported('csv')).toContain("/docs/port,'=Port<b>,set")
})

test('a page that is no object is refused, and one of nothing but nonsense counts as none', async () => {
  const product = await start({})
  expect((await product.ask({question: 'What?', page: 'here'})).status).toBe(400)
  const id = await askedOn(product, {url: 'javascript:alert(1)', title: ' ', section: null})
  expect(await product.transcript(id)).toMatchObject({page: null})
})

test.each([
  ['/docs/port#set', '/docs/port#set'],
  ['https://docs.example.com/#/port?id=set&key=secret', 'https://docs.example.com/#/port?id=set'],
  ['https://docs.example.com/#access_token=secret', 'https://docs.example.com/'],
  ['file:///etc/passwd', null],
  ['//docs.example.com/port', null],
  [`/${'x'.repeat(2_000)}`, null],
])('the address %s is kept as %s', (address, kept) => {
  expect(visitorAddressOf(address)).toBe(kept)
})
