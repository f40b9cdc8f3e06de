import {expect, test} from 'vitest'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {idOf} from '../support/reading.ts'
import {samplePage} from '../support/sample-pages.ts'
import {startDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

const pages = [
  {...samplePage('port.md', 'Port', [['', 'Set PORT to change the port of the server.']]), lang: 'en'},
  {...samplePage('pods.md', 'Pods', [['', 'A policy says which pods may talk.']]), lang: 'en'},
  {...samplePage('de/port.md', 'Port', [['', 'Mit PORT wird der Port des Servers geändert.']]), lang: 'de'},
]

test('lang chooses the pages that are searched, and the response says which they are', async () => {
  const product = await start({pages, retriever: null})
  const search = async (query: string) => {
    const found = await (await fetch(`${product.url}/api/search?${query}`)).json()
    const {lang, results} = found as {lang: string; results: readonly {url: string}[]}
    return [lang, results[0]?.url]
  }

  expect(await search('q=port&lang=de')).toEqual(['de', '/docs/de/port'])
  expect(await search('q=port&lang=de-at&prefix=1')).toEqual(['de', '/docs/de/port'])
  expect(await search('q=port&lang=en')).toEqual(['en', '/docs/port'])
  const info = await (await fetch(`${product.url}/api/info`)).json()
  expect(info).toMatchObject({languages: ['en', 'de']})
})

test('what is no language tag is refused, and says what one looks like', async () => {
  const product = await start({})
  const refused = [
    await fetch(`${product.url}/api/search?q=port&lang=d!`),
    await product.ask({question: 'port', lang: 'a language'}),
  ]
  for (const response of refused) {
    expect(response.status).toBe(400)
    const {error} = (await response.json()) as {error: {code: string; message: string}}
    expect(error.code).toBe('invalid_request')
    expect(error.message).toContain('lang: must be a language tag (BCP 47) such as de or pt-BR')
  }
})

test('the transcript of an answer has the language that was asked for', async () => {
  const product = await start({})
  const reading = await product.read({question: 'How do I install it?', lang: 'pt-br'})
  ;(await product.generator.call(0)).finish()
  await reading.all()

  expect(await product.transcript(idOf(reading))).toMatchObject({lang: 'pt-BR'})
})
