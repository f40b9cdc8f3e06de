import express, {type Request, type Response, type Router} from 'express'
import {DocentError, endings} from '../domain/index.ts'
import {cleanLine, escapedJson} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'
import {sectionAddress} from '../lib/section-address.ts'
import {howToRun} from '../package/index.ts'
import type {Transcript, TranscriptItem, TranscriptStore} from '../transcripts/index.ts'
import {endingLabelOf, feedbackWordsOf, visitorPageLine, writerOf} from '../transcripts/index.ts'
import {ownPagesOnly} from './guards/origins.ts'
import {type Html, type HtmlValue, html, isolatedText, pageOf, withVisibleControls} from './html.ts'
import {transcriptQueryOf} from './request-schemas.ts'
import type {Staff} from './staff/staff.ts'

export interface ConsoleRoutesDeps {
  readonly staff: Staff
  readonly transcripts: TranscriptStore
}

/** Adds the staff pages: sign-in, the list of transcripts, one transcript. They work without scripts. */
export function addConsoleRoutes(router: Router, {staff, transcripts}: ConsoleRoutesDeps): void {
  router.get('/console', async (request, response) => {
    response.setHeader('cache-control', 'no-store')
    const token = request.query['token']
    if (typeof token === 'string') {
      // Link previews in chats and mail scanners send HEAD. They must not use the token up.
      if (request.method === 'HEAD') return response.redirect(303, '/console')
      const role = staff.signInByLink(request, response, token)
      // Redirect away from the URL that contains the token, valid or not.
      response.redirect(303, role === null ? '/console?failed=link' : '/console')
      return
    }
    const role = staff.roleOf(request)
    if (role === null) return sendSignIn(request, response)
    if (role === 'docs') {
      response.send(
        layout(
          'Console',
          html`<h1>Signed in for docs</h1>
<p>Reindex with <code>${howToRun('ingest')}</code> or <code>POST /api/admin/reindex</code>. Transcripts are for support staff.</p>`,
        ),
      )
      return
    }
    const {filter, page} = transcriptQueryOf(request.query)
    const {items, nextCursor} = await transcripts.list(filter, page)
    response.send(layout('Transcripts', listOf(request, items, nextCursor)))
  })

  router.post(
    '/console/sign-in',
    ownPagesOnly,
    express.urlencoded({extended: false, limit: '4kb'}),
    (request, response) => {
      const token: unknown = (request.body as Record<string, unknown> | undefined)?.['token']
      const role = typeof token === 'string' && token !== '' ? staff.signIn(request, response, token) : null
      response.redirect(303, role === null ? '/console?failed=token' : '/console')
    },
  )

  router.post('/console/sign-out', ownPagesOnly, (request, response) => {
    staff.signOut(request, response)
    response.redirect(303, '/console')
  })

  router.get('/console/transcripts/:answerId', async (request, response) => {
    response.setHeader('cache-control', 'no-store')
    const role = staff.roleOf(request)
    if (role === null) return sendSignIn(request, response)
    if (role === 'docs') throw new DocentError('forbidden', 'Transcripts are for support staff.')
    const transcript = await transcripts.get(request.params.answerId)
    if (transcript === null) throw new DocentError('not_found', 'There is no such transcript.')
    response.send(layout('Transcript', detailOf(transcript)))
  })
}

function sendSignIn(request: Request, response: Response): void {
  const failed = request.query['failed']
  const problem =
    failed === 'link'
      ? 'This link has been used or has expired. Sign in with a staff token; a server without one prints a new link when it restarts.'
      : failed === 'token'
        ? 'This token is not valid.'
        : null
  response.status(401).send(
    pageOf({
      style: 'console.css',
      title: 'Sign in',
      body: html`<main><h1>Docent console</h1>
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
<form method="post" action="/console/sign-in">
<label>Staff token <input type="password" name="token" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>
<p class="muted">The token is what this server was started with as <code>ADMIN_TOKEN</code>, <code>SUPPORT_TOKEN</code> or <code>DOCS_TOKEN</code>: ask whoever runs it. A server without tokens prints a link to sign in when it starts. Visitors need none: <a href="/">to the assistant</a>.</p>
</main>`,
    }),
  )
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

function isolatedTextOrNull(text: string | null | undefined): Html | null {
  return text == null ? null : isolatedText(text)
}

/** Only URLs that a console page may link to; front matter could contain anything. */
function hrefOf(url: string, anchor: string): string {
  const isSafe = /^(?:https?:\/\/|\/)/i.test(url)
  return isSafe ? sectionAddress({url, anchor}) : '#'
}

function layout(title: string, body: Html): string {
  return pageOf({
    style: 'console.css',
    title: `${title} · Docent console`,
    body: html`<nav class="bar" aria-label="Console"><a href="/console">Transcripts</a><a href="/">Assistant</a>
<form class="end" method="post" action="/console/sign-out"><button>Sign out</button></form></nav>
<main class="wide">${body}</main>`,
  })
}

function timeOf(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}

function milliseconds(value: number | null): string | null {
  return value === null ? null : `${Math.round(value)} ms`
}
