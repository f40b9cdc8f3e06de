import {html, nothing, type TemplateResult} from 'lit'
import {amountOf, count, counted, exactTime, timeAgo} from '../format.ts'
import {ending} from '../list/row.ts'
import {pathOfList, pathOfTranscript} from '../router.ts'
import {isolated} from '../visible.ts'
import type {Transcript, Writer} from '../wire.ts'
import {wordsOfChannel} from '../words.ts'

type Value = string | TemplateResult | null

/**
 * What is known of an answer besides its text.
 * @param isInConsole whether its values link to the answers with the same one; default true
 */
export function facts(transcript: Transcript, isInConsole = true): TemplateResult {
  const {usage, page, feedback, fallbackCause} = transcript
  const {resumes = 0, opened = []} = transcript
  const onlyOf = (name: string, value: string, words = value): Value =>
    isInConsole
      ? html`<a href=${pathOfList(new URLSearchParams({[name]: value}).toString())} title="All answers with this">${words}</a>`
      : words
  const rows: readonly (readonly [string, Value])[] = [
    ['Ending', ending(transcript)],
    ['Error', transcript.errorDetail ? long(transcript.errorDetail) : null],
    ['Why a fallback', fallbackCause?.detail ? long(fallbackCause.detail) : null],
    ['Asked', html`${exactTime(transcript.startedAt)} (${timeAgo(transcript.startedAt)})`],
    ['On page', page ? pageLine(page) : null],
    ['Feedback', feedback === null ? null : feedbackLine(feedback)],
    ['Taken up again', resumes === 0 ? null : `${counted(resumes, 'time')} after the stream broke off`],
    ['Opened', opened.length === 0 ? null : `source ${opened.join(', ')}`],
    ['Gap', isInConsole && transcript.gap ? gapLink(transcript.gap) : null],
    ['Continues', isInConsole ? continuesLink(transcript) : null],
    ['Written by', writerLine(transcript)],
    ['Model', transcript.model === null ? null : onlyOf('model', transcript.model)],
    ['Tokens', usage.inputTokens + usage.outputTokens === 0 ? null : usageLine(usage)],
    [
      'Cost',
      transcript.cost == null || transcript.cost === 0
        ? null
        : `about ${amountOf(transcript.cost)}, by MODEL_PRICES`,
    ],
    [
      'Upstream request',
      transcript.upstreamRequestId ? html`<code>${transcript.upstreamRequestId}</code>` : null,
    ],
    [
      'Failed request',
      fallbackCause?.upstreamRequestId ? html`<code>${fallbackCause.upstreamRequestId}</code>` : null,
    ],
    ['Build', onlyOf('build', transcript.build)],
    ['Version', transcript.version === null ? null : onlyOf('version', transcript.version)],
    ['Language', transcript.lang ? onlyOf('lang', transcript.lang) : null],
    ['Embedding', transcript.embedding],
    ['Came in by', onlyOf('channel', transcript.channel, wordsOfChannel(transcript.channel))],
    ['Answer', html`<code>${transcript.answerId}</code>`],
    ['Reference in logs', html`<code>${transcript.ref}</code>`],
    ['Visitor', isInConsole && transcript.visitor ? othersLink(transcript.visitor) : null],
    ['Conversation', onlyOf('conversation', transcript.conversation)],
  ]
  const {notes = [], considered = [], settings} = transcript
  return html`<dl class="facts">${rows.map(([name, value]) => (value === null ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`))}</dl>
    ${notes.length === 0 ? nothing : html`<h3>Notes</h3><ul class="notes">${notes.map((note) => html`<li>${isolated(note)}</li>`)}</ul>`}
    ${considered.length === 0 ? nothing : html`<h3>Found, and not good enough to show</h3><ol class="considered">${considered.map(({title, headings, score}) => html`<li>${isolated([title, ...headings].join(' › '))} <span class="quiet">${score.toFixed(2)}</span></li>`)}</ol>`}
    <details class="settings"><summary>Settings of this answer</summary><dl class="facts">${Object.entries(settings).map(([name, value]) => html`<div><dt><code>${name}</code></dt><dd><code>${typeof value === 'string' ? value : JSON.stringify(value)}</code></dd></div>`)}</dl></details>`
}

/** The answer that broke off before, and that this one goes on with. */
function continuesLink({settings}: Transcript): TemplateResult | null {
  const {continues} = settings
  return typeof continues === 'string'
    ? html`<a href=${pathOfTranscript(continues)}>an answer that broke off</a>`
    : null
}

function gapLink(gap: string): TemplateResult {
  return html`<a href="/console/gaps/${encodeURIComponent(gap)}">Questions like this one</a>`
}

function othersLink(visitor: string): TemplateResult {
  return html`<a href=${pathOfList(new URLSearchParams({visitor}).toString())}>Other questions from this address</a>`
}

function pageLine({title, section, url}: NonNullable<Transcript['page']>): TemplateResult {
  const names = [title, section].filter((name) => name !== null).join(' › ')
  return html`${names === '' ? nothing : isolated(names)} ${url === null ? nothing : html`<span class="quiet">${isolated(url)}</span>`}`
}

function feedbackLine({
  rating,
  missing,
  reasons,
  comment,
}: NonNullable<Transcript['feedback']>): TemplateResult {
  const parts = [
    rating === null ? null : `Thumbs ${rating}`,
    missing ? 'missing in the docs' : null,
    ...reasons,
  ].filter((part) => part !== null)
  return html`${isolated(parts.join(', '))}${comment ? html`<blockquote dir="auto">${long(comment)}</blockquote>` : nothing}`
}

const long = (text: string): TemplateResult => html`<docent-long .text=${text}></docent-long>`

function writerLine({generator, model, writtenBy, fallbackCause}: Transcript): string {
  const name = (writer: Writer): string =>
    writer.model === null ? writer.generator : `${writer.generator}, ${writer.model}`
  const first = name({generator, model})
  if (writtenBy === undefined) return first
  const cause = fallbackCause === undefined ? '' : `: ${fallbackCause.code}`
  return `${name(writtenBy)}, in place of ${first}${cause}`
}

function usageLine({
  inputTokens,
  outputTokens,
  cacheReadTokens,
  cacheWriteTokens,
}: Transcript['usage']): string {
  const cache = cacheReadTokens + cacheWriteTokens
  return `${count(inputTokens)} in, ${count(outputTokens)} out${cache === 0 ? '' : `; cache: ${count(cacheReadTokens)} read, ${count(cacheWriteTokens)} written`}`
}
