import type {Request, Router} from 'express'
import {DocentError, endings} from '../domain/index.ts'
import {cleanLine, escapedJson} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'
import {sectionAddress} from '../lib/section-address.ts'
import {howToRun} from '../package/index.ts'
import type {Transcript, TranscriptItem, TranscriptStore} from '../transcripts/index.ts'
import {endingLabelOf, feedbackWordsOf, visitorPageLine, writerOf} from '../transcripts/index.ts'
import {type Html, type HtmlValue, html, isolatedText, pageOf, withVisibleControls} from './html.ts'
import {transcriptQueryOf} from './request-schemas.ts'
import {addSignInPages, sendSignIn, setConsoleHeaders} from './sign-in-pages.ts'
import type {Auditor} from './staff/auditor.ts'
import type {StaffMember} from './staff/member.ts'
import type {Staff} from './staff/staff.ts'

export interface ConsoleRoutesDeps {
  readonly staff: Staff
  readonly auditor: Auditor
  readonly transcripts: TranscriptStore
}

/** Adds the staff pages: sign-in, the list of transcripts, one transcript. They work without scripts. */
export function addConsoleRoutes(router: Router, {staff, auditor, transcripts}: ConsoleRoutesDeps): void {
  router.get('/console', async (request, response) => {
    setConsoleHeaders(response)
    const token = request.query['token']
    if (typeof token === 'string') {
      // Link previews in chats and mail scanners send HEAD. They must not use the token up.
      if (request.method === 'HEAD') return response.redirect(303, '/console')
      const signedIn = await staff.signInByLink(request, response, token)
      // Redirect away from the URL that contains the token, valid or not.
      response.redirect(303, signedIn === null ? '/console?failed=link' : '/console')
      return
    }
    const member = await staff.whoIs(request)
    if (member === null) return sendSignIn(request, response)
    if (member.role === 'docs') {
      response.send(
        layout(
          'Console',
          member,
          html`<h1>Signed in for docs</h1>
<p>Reindex with <code>${howToRun('ingest')}</code> or <code>POST /api/admin/reindex</code>. Transcripts are for support staff.</p>`,
        ),
      )
      return
    }
    // Somebody who is signed in already may come from a sign-in that failed.
    const {failed: _, ...query} = request.query
    const {filter, page} = transcriptQueryOf(query)
    await auditor.beforeList(request, member, filter)
    const {items, nextCursor} = await transcripts.list(filter, page)
    response.send(layout('Transcripts', member, listOf(request, items, nextCursor)))
  })

  addSignInPages(router, staff)

  router.get('/console/transcripts/:answerId', async (request, response) => {
    setConsoleHeaders(response)
    const member = await staff.whoIs(request)
    if (member === null) return sendSignIn(request, response)
    if (member.role === 'docs') throw new DocentError('forbidden', 'Transcripts are for support staff.')
    const transcript = await transcripts.get(request.params.answerId)
    if (transcript === null) throw new DocentError('not_found', 'There is no such transcript.')
    await auditor.before(request, member, 'transcript_read', {which: transcript.ref})
    response.send(layout('Transcript', member, detailOf(transcript)))
  })
}

const missingChoices = [
  ['1', 'missing in the docs'],
  ['0', 'not reported'],
] as const

const partialChoices = [
  ['1', 'declined or cut by a limit'],
  ['0', 'neither'],
] as const

function listOf(request: Request, items: readonly TranscriptItem[], nextCursor: string | null): Html {
  const value = (name: string) => {
    const given = request.query[name]
    if (name === 'partial' || name === 'missing')
      return given === 'true' ? '1' : given === 'false' ? '0' : String(given ?? '')
    return typeof given === 'string' ? given : ''
  }
  const choice = (
    name: string,
    choices: readonly (string | readonly [value: string, words: string])[],
    any = `any ${name}`,
  ) => html`<select name="${name}" aria-label="${name}">
<option value="">${any}</option>
${choices.map((item) => {
  const [given, words] = typeof item === 'string' ? [item, item] : item
  return html`<option value="${given}"${value(name) === given ? html` selected` : null}>${words}</option>`
})}
</select>`
  // A date with a time can only come from the URL, and is kept as text.
  const day = (name: string, label: string) => html`<label>${label}
<input type="${/^(?:\d{4}-\d{2}-\d{2})?$/.test(value(name)) ? 'date' : 'text'}" name="${name}" value="${value(name)}"></label>`
  const more = new URLSearchParams(
    Object.entries(request.query).flatMap(([name, given]) =>
      typeof given === 'string' ? [[name, given]] : [],
    ),
  )
  if (nextCursor !== null) more.set('cursor', nextCursor)
  return html`<h1>Transcripts</h1>
<form method="get" action="/console" role="search">
<input type="search" name="q" dir="auto" value="${cleanLine(value('q'))}" placeholder="Words in question or answer" aria-label="Words">
${choice('ending', [...endings, 'running'])}
${choice('partial', partialChoices, 'declined, cut or not')}
${choice('rating', ['up', 'down', 'none'])}
${choice('missing', missingChoices, 'missing or not')}
<label>Language
<input name="lang" size="6" value="${cleanLine(value('lang'))}" placeholder="any"></label>
${day('from', 'From')}
${day('to', 'to')}
<button>Find</button>
</form>
${items.length === 0 ? html`<p class="muted">Nothing matches.</p>` : null}
<table><thead><tr><th>When</th><th>Question</th><th>Language</th><th>Ending</th><th>Rating</th><th>Answer</th></tr></thead><tbody>
${items.map(
  (item) => html`<tr>
<td>${timeOf(item.startedAt)}</td>
<td><a href="/console/transcripts/${item.answerId}">${item.question === '' ? '(not kept)' : isolatedText(item.question)}</a></td>
<td>${item.lang ?? ''}</td><td>${endingLabelOf(item)}</td><td>${[item.rating, item.missing ? 'missing' : null].filter(Boolean).join(', ')}</td><td class="muted">${isolatedText(item.excerpt)}</td>
</tr>`,
)}
</tbody></table>
${nextCursor === null ? null : html`<p><a href="/console?${more.toString()}">Older</a></p>`}`
}

function detailOf(transcript: Transcript): Html {
  const {timings, usage} = transcript
  const facts: readonly (readonly [string, HtmlValue])[] = [
    ['Answer', transcript.answerId],
    ['Reference in logs', transcript.ref],
    ['Conversation', transcript.conversation],
    ['Asked', timeOf(transcript.startedAt)],
    ['Ending', endingLabelOf(transcript)],
    ['Error', isolatedTextOrNull(transcript.errorDetail)],
    ['Written by', isolatedText(writerOf(transcript))],
    ['Language', transcript.lang ?? null],
    ['On page', transcript.page ? isolatedText(visitorPageLine(transcript.page)) : null],
    ['Build', transcript.build],
    ['Sources after', milliseconds(timings.sourcesMs)],
    ['First source on screen after', milliseconds(transcript.firstUsefulMs ?? null)],
    ['First token after', milliseconds(timings.firstTokenMs)],
    ['Whole answer', milliseconds(timings.totalMs)],
    ['Tokens in, out', `${usage.inputTokens}, ${usage.outputTokens}`],
    ['Upstream request', isolatedTextOrNull(transcript.upstreamRequestId)],
    ['Review', reviewLine(transcript)],
    ['Feedback', transcript.feedback && isolatedText(feedbackWordsOf(transcript.feedback).join(', '))],
  ]
  return html`<p><a href="/console">All transcripts</a></p>
<h1>${transcript.question === '' ? '(question not kept)' : isolatedText(transcript.question)}</h1>
<table><tbody>
${facts.filter(([, value]) => value !== null).map(([name, value]) => html`<tr><th>${name}</th><td>${value}</td></tr>`)}
</tbody></table>
<h2>Sources as shown</h2>
<ol>${transcript.sources.map(
    (
      source,
    ) => html`<li value="${source.n}"><a href="${hrefOf(source.url, source.anchor)}">${isolatedText(source.title || '(not kept)')}</a>
<span class="muted">${isolatedText(source.headings.join(' › '))}</span><br>${isolatedText(source.snippet)}</li>`,
  )}</ol>
<h2>Answer as shown</h2>
<div class="answer" dir="auto">${transcript.question === '' ? '(not kept)' : withVisibleControls(transcript.text)}</div>
<h2>Events</h2>
<table><thead><tr><th>#</th><th>After</th><th>Event</th><th>Data</th></tr></thead><tbody>
${transcript.events.map(({seq, at, event}) => {
  const {type, ...data} = event
  return html`<tr><td>${seq}</td><td>${at - transcript.startedAt} ms</td><td>${type}</td><td><code><bdi>${escapedJson(headOf(JSON.stringify(data), 500))}</bdi></code></td></tr>
`
})}</tbody></table>`
}

function reviewLine({review}: Transcript): Html | null {
  if (review === null) return null
  const {verdict, by, note} = review
  return isolatedText([verdict, by === null ? null : `by ${by}`, note].filter(Boolean).join(', '))
}

function isolatedTextOrNull(text: string | null | undefined): Html | null {
  return text == null ? null : isolatedText(text)
}

/** Only URLs that a console page may link to; front matter could contain anything. */
function hrefOf(url: string, anchor: string): string {
  const isSafe = /^(?:https?:\/\/|\/)/i.test(url)
  return isSafe ? sectionAddress({url, anchor}) : '#'
}

function layout(title: string, {name}: StaffMember, body: Html): string {
  return pageOf({
    style: 'console.css',
    title: `${title} · Docent console`,
    body: html`<nav class="bar" aria-label="Console"><a href="/console">Transcripts</a><a href="/">Assistant</a>
<form class="end" method="post" action="/console/sign-out"><span class="muted" dir="auto">${name}</span> <button>Sign out</button></form></nav>
<main class="wide">${body}</main>`,
  })
}

function timeOf(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}

function milliseconds(value: number | null): string | null {
  return value === null ? null : `${Math.round(value)} ms`
}
