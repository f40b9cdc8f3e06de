import type {Page} from '../../src/domain/index.ts'
import {samplePage} from './sample-pages.ts'

const longTexts = Array.from(
  {length: 200},
  (_, n) => `Step ${n}: turn the ${n}th valve of the boiler until it is shut.`,
)

/** Docs in two versions and two languages, with a page longer than one answer of a tool. */
export const mcpPages: readonly Page[] = [
  {
    ...samplePage('index.md', 'Boiler handbook', [['', 'Everything about the boiler.']]),
    url: '/',
    lang: 'en',
  },
  {
    ...samplePage('guides/port.md', 'Change the port', [
      ['', 'Set PORT to change the port. The default is 3000.'],
      ['Tokens', 'Tokens expire after one hour.'],
    ]),
    description: 'How to change the port.',
    lang: 'en',
  },
  {
    ...samplePage('guides/valves.md', 'Valves', [
      ['Shutting', ...longTexts.map((text) => text.repeat(3)), 'The flywheel needs oil every day.'],
      ['Opening', 'Turn it the other way.'],
    ]),
    lang: 'en',
  },
  {
    ...samplePage('de/port.md', 'Den Port ändern', [['', 'Der Port wird mit PORT geändert.']]),
    lang: 'de',
  },
]

/** The same docs as of an earlier version and a later one. */
export const versionedPages: readonly Page[] = [
  {
    ...samplePage('v1/port.md', 'Port', [['', 'Set HTTP_PORT to change the port.']]),
    version: '1.0',
    lang: 'en',
  },
  {...samplePage('v2/port.md', 'Port', [['', 'Set PORT to change the port.']]), version: '2.0', lang: 'en'},
]
