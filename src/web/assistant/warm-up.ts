import {linkHostsIn} from '../../text/link-hosts.ts'
import {renderer} from '../pieces/pieces.ts'
import {dayName} from './history-words.ts'

/**
 * All that answers have, in the order in which the parser looks for it, so that each sample needs few rules more than the
 * ones before.
 */
const samples = [
  '```\na\n```',
  '# \\#',
  '# <b>',
  '# [a](b "c")',
  '# **a**',
  '# `a` ~~b~~',
  '# https://a.example',
  '---',
  '> a',
  '- a',
  '<p>a',
  '| a |\n|---|\n| b |\n| c |',
  'a &amp; *b*',
]

let isWarm = false

/**
 * Does in idle moments what the browser compiles when it is first used: on a slow device the first words of an answer would
 * stop the page for a tenth of a second. Does nothing when called again.
 */
export async function warmUp(lang: () => string): Promise<void> {
  if (isWarm) return
  isWarm = true
  const piece = await renderer.load()
  const options = {
    links: {base: location.href, imageHosts: [], linkHosts: new Set<string>()},
    labels: {copy: '', code: '', table: ''},
  }
  const steps = [
    () => linkHostsIn('https://a.example'),
    () => dayName(0, 0, lang()),
    ...samples.map((sample) => () => {
      const chip = {n: 1, start: 0, end: sample.length, href: '', label: '', base: null}
      for (const isFinished of [false, true])
        piece?.createMarkdownStream(options).update(sample, [chip], isFinished)
    }),
  ]
  const whenIdle = globalThis.requestIdleCallback ?? setTimeout
  const next = (): void => {
    const step = steps.shift()
    // Twice, since browsers only interpret a rule the first time.
    step?.()
    step?.()
    if (steps.length > 0) whenIdle(next)
  }
  whenIdle(next)
}
