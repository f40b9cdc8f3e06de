import {html, type TemplateResult} from 'lit'
import {duration} from '../format.ts'
import type {Transcript} from '../wire.ts'
import {lengthOf, type Timeline} from './timeline.ts'

interface Span {
  readonly words: string
  readonly tone: 'search' | 'waiting' | 'writing' | 'stall' | 'mark'
  /** Milliseconds since the question. */
  readonly from: number
  readonly to: number
}

/** Names of the stages of retrieval, in the order in which they run. */
const stages: Readonly<Record<string, string>> = {
  rewrite: 'Rewriting the question',
  embed: 'Embedding',
  terms: 'Reading the words',
  lexical: 'Search by words',
  semantic: 'Search by meaning',
  fuse: 'Ranking',
  choose: 'Choosing',
  snippets: 'Snippets',
}

const width = 1_000
const maxStalls = 8

/** Where the time of an answer went. */
export function waterfall(transcript: Transcript, timeline: Timeline): TemplateResult {
  const spans = spansOf(transcript, timeline)
  const end = Math.max(timeline.durationMs, ...spans.map(({to}) => to))
  return html`<table class="waterfall"><caption class="sr">Where the time went, in milliseconds since the question</caption>
    <thead><tr><th scope="col"><span class="sr">What</span></th><th scope="col"><span class="sr">Picture</span></th><th scope="col" class="number">At</th><th scope="col" class="number">Takes</th></tr></thead>
    <tbody>${spans.map(({words, tone, from, to}) => {
      const x = (from / end) * width
      return html`<tr><th scope="row">${words}</th>
        <td class="picture"><svg viewBox="0 0 ${width} 10" preserveAspectRatio="none" aria-hidden="true"><rect class=${tone} x=${Math.min(x, width - 4)} y="0" width=${Math.max(4, ((to - from) / end) * width)} height="10"></rect></svg></td>
        <td class="number quiet">${duration(from)}</td><td class="number">${tone === 'mark' ? '' : duration(to - from)}</td></tr>`
    })}</tbody></table>`
}

function spansOf(transcript: Transcript, timeline: Timeline): readonly Span[] {
  const {firstUsefulMs, timings} = transcript
  const {durationMs, firstTokenMs, stalls, hasEnded} = timeline
  const sourcesMs = timings.sourcesMs ?? timeline.sourcesMs
  const spans: Span[] = retrievalSpans(transcript)
  if (sourcesMs !== null) spans.push({words: 'Sources sent', tone: 'mark', from: sourcesMs, to: sourcesMs})
  if (firstUsefulMs !== undefined)
    spans.push({words: 'Seen by the visitor', tone: 'mark', from: firstUsefulMs, to: firstUsefulMs})
  const waitedUntil = firstTokenMs ?? durationMs
  spans.push({
    words: 'Waiting for words',
    tone: 'waiting',
    from: Math.min(sourcesMs ?? 0, waitedUntil),
    to: waitedUntil,
  })
  if (firstTokenMs !== null)
    spans.push({words: 'Writing', tone: 'writing', from: firstTokenMs, to: durationMs})
  const longest = [...stalls].sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, maxStalls)
  for (const {from, to} of longest.sort((a, b) => a.from - b.from))
    spans.push({words: 'Pause', tone: 'stall', from, to})
  if (hasEnded) spans.push({words: 'End', tone: 'mark', from: durationMs, to: durationMs})
  return spans
}

/** The stages run one after the other, and only how long each took is known. */
function retrievalSpans({retrievalTimings = {}}: Transcript): Span[] {
  const known = Object.keys(stages).filter((name) => name in retrievalTimings)
  const others = Object.keys(retrievalTimings).filter((name) => !(name in stages) && name !== 'total')
  let at = 0
  return [...known, ...others].map((name) => {
    const from = at
    at += retrievalTimings[name]!
    return {words: stages[name] ?? name, tone: 'search', from, to: at}
  })
}
