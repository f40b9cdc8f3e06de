import type {Page, Source} from '../../src/domain/index.ts'
import {done, sourcesEvent} from './sample-answer.ts'
import {samplePage} from './sample-pages.ts'
import type {Step} from './script-player.ts'

const filler = (about: string): string[] =>
  Array.from({length: 12}, (_, n) => `Paragraph ${n} on ${about} says nothing of note, at some length.`)

/** Docs whose two sections have a sentence in common. */
export const tankPage: Page = samplePage('tanks.md', 'Tanks', [
  [
    'Draining',
    'Tell the others first. Open the **lower valve**, run `tank --drain` and wait: it takes an hour. Then look inside.',
    ...filler('draining'),
    '```sh\ntank --drain --all\n```',
    'Close the lid at night.',
  ],
  ['Filling', ...filler('filling'), 'Fill it slowly, through the *upper* valve. Close the lid at night.'],
])

const source = (n: number, heading: string, snippet: string): Source => ({
  n,
  id: `tank-${n}`,
  title: 'Tanks',
  headings: [heading],
  url: '/docs/tanks',
  anchor: heading.toLowerCase(),
  score: 1,
  snippet,
  highlights: [],
})

export const tankSources: readonly Source[] = [
  source(1, 'Draining', 'Open the lower valve and wait.'),
  source(2, 'Filling', 'Fill it slowly.'),
  source(3, 'Rinsing', 'Rinse it twice.'),
]

export const drainQuote = 'Open the lower valve, run tank --drain and wait: it takes an hour.'
export const lidQuote = 'Close the lid at night.'
export const lostQuote = 'Words that nobody finds there now.'

const claims: readonly (readonly [words: string, n: number, quote: string])[] = [
  ['Open the lower valve.', 1, drainQuote],
  ['Close the lid.', 2, lidQuote],
  ['Look inside.', 1, lostQuote],
  ['Rinse it.', 3, 'Rinse it twice.'],
]
const text = claims.map(([words]) => words).join(' ')

/** An answer that quotes them: rightly, twice in the page, no longer there, and from a section that is gone. */
export const tankAnswer: readonly Step[] = [
  {send: sourcesEvent(tankSources)},
  {send: {type: 'delta', text}},
  ...claims.map(([words, n, quote]): Step => {
    const start = text.indexOf(words)
    return {send: {type: 'citation', n, start, end: start + words.length, quote}}
  }),
  {send: done('complete')},
]

/** A page of a site of its own that shows the same text. */
export const tankSite = (element: string, script = ''): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Tanks</title>
<script src="/widget.js" defer></script>
<body style="margin: 0; font: 16px/1.6 sans-serif"><header style="position: fixed; inset: 0 0 auto; height: 56px; background: #fff; border-bottom: 1px solid #ddd">Waterworks</header>
<main style="max-width: 640px; padding: 80px 24px"><h1>Tanks</h1>
${filler('tanks')
  .map((words) => `<p>${words}</p>`)
  .join('')}
<h2 id="draining">Draining</h2><p>Tell the others first. Open the <strong>lower valve</strong>, run <code>tank --drain</code> and wait: it takes an hour. Then look inside.</p>
${filler('draining')
  .map((words) => `<p>${words}</p>`)
  .join('')}<p>Close the lid at night.</p>
<h2 id="filling">Filling</h2>${filler('filling')
  .map((words) => `<p>${words}</p>`)
  .join('')}
<p>Fill it slowly, through the <em>upper</em> valve. Close the lid at night.</p></main>
${element}<script>${script}</script>`
