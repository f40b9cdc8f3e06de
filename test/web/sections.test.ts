import {expect, test, vi} from 'vitest'
import {Sections} from '../../src/web/session/sections.ts'

const place = (anchor: string) => ({url: '/docs/tanks', anchor})

/** Sections behind a server that answers by anchor, with the requests it got. */
function sectionsOf(answer: (anchor: string) => Response): {
  sections: Sections
  asked: string[]
  changes: () => number
} {
  const asked: string[] = []
  const onChange = vi.fn()
  const fetch = async (url: string): Promise<Response> => {
    const anchor = new URL(url, 'http://host').searchParams.get('anchor') ?? ''
    asked.push(anchor)
    return answer(anchor)
  }
  const sections = new Sections({endpoint: '', fetch}, onChange)
  return {sections, asked, changes: () => onChange.mock.calls.length}
}

const found = (anchor: string): Response => Response.json({...place(anchor), text: `About ${anchor}.`})
const settled = (sections: Sections, anchor: string) =>
  vi.waitFor(() => {
    const reading = sections.read(place(anchor))
    expect(reading.status).not.toBe('loading')
    return reading
  })

test('a section is loaded once, and reported when it is there', async () => {
  const {sections, asked, changes} = sectionsOf(found)

  expect(sections.read(place('draining')).status).toBe('loading')
  expect(await settled(sections, 'draining')).toMatchObject({section: {text: 'About draining.'}})
  expect(asked).toEqual(['draining'])
  expect(changes()).toBe(1)
})

test('a section that the docs lack is gone; a server without sections only fails', async () => {
  const {sections} = sectionsOf((anchor) =>
    anchor === 'gone'
      ? Response.json({error: {code: 'not_found', message: ''}}, {status: 404})
      : new Response('Cannot GET', {status: 404}),
  )

  expect((await settled(sections, 'gone')).status).toBe('gone')
  expect((await settled(sections, 'old')).status).toBe('failed')
})

test('what failed is loaded again when that is asked for', async () => {
  let isDown = true
  const {sections, asked} = sectionsOf((anchor) => (isDown ? new Response('', {status: 500}) : found(anchor)))
  expect((await settled(sections, 'draining')).status).toBe('failed')
  isDown = false
  expect(sections.read(place('draining')).status).toBe('failed')

  sections.retry(place('draining'))

  expect((await settled(sections, 'draining')).status).toBe('found')
  expect(asked).toEqual(['draining', 'draining'])
})

test('only the latest are kept', async () => {
  const {sections, asked} = sectionsOf(found)
  for (let n = 0; n < 25; n++) await settled(sections, `section-${n}`)
  expect(asked.length).toBe(25)

  await settled(sections, 'section-24')
  expect(asked.length).toBe(25)
  await settled(sections, 'section-0')

  expect(asked.length).toBe(26)
})
