import express, {type Request, type Response, type Router} from 'express'
import {ownPagesOnly} from './guards/origins.ts'
import {type Html, html, isolatedText, pageOf} from './html.ts'
import type {Staff} from './staff/staff.ts'

const form = express.urlencoded({extended: false, limit: '4kb'})

/** Adds the pages that sign staff in and out, and the one that takes up an invitation. They work without scripts. */
export function addSignInPages(router: Router, staff: Staff): void {
  router.post('/console/sign-in', ownPagesOnly, form, async (request, response) => {
    const token = fieldOf(request, 'token')
    const member = token === null ? null : await staff.signIn(request, response, token)
    response.redirect(303, member === null ? '/console?failed=token' : '/console')
  })

  router.post('/console/sign-out', ownPagesOnly, async (request, response) => {
    await staff.signOut(request, response)
    response.redirect(303, '/console')
  })

  // Opening the link does not use it up: previews in chats and mail scanners open links too.
  router.get('/console/join', (request, response) => {
    const invitation = request.query['invitation']
    const secret = typeof invitation === 'string' ? invitation : ''
    sendForm(
      response,
      'Join',
      html`<h1>You are invited to the Docent console</h1>
<p>You get a token of your own, which is shown once. Keep it as you keep a password.</p>
<form method="post" action="/console/join"><input type="hidden" name="invitation" value="${secret}"><button>Take up the invitation</button></form>`,
    )
  })

  router.post('/console/join', ownPagesOnly, form, async (request, response) => {
    const invitation = fieldOf(request, 'invitation')
    const joined = invitation === null ? null : await staff.takeUp(request, response, invitation)
    if (joined === null) return response.redirect(303, '/console?failed=invitation')
    sendForm(
      response,
      'Your token',
      html`<h1>Welcome, ${isolatedText(joined.person.name)}</h1>
<p>This is your token. It is not shown again: put it into your password manager now.</p>
<p><code class="token">${joined.token}</code></p>
<p><a href="/console">To the console</a></p>`,
    )
  })
}

const problems: Readonly<Record<string, string>> = {
  link: 'This link has been used or has expired. Sign in with a staff token; a server without one prints a new link when it restarts.',
  invitation:
    'This invitation has been taken up or withdrawn, or it has expired. Ask whoever invited you for a new one.',
  token: 'This token is not valid.',
}

/** Sends the form to sign in, with what went wrong before. */
export function sendSignIn(request: Request, response: Response): void {
  const failed = String(request.query['failed'])
  const problem = Object.hasOwn(problems, failed) ? problems[failed]! : null
  response.status(401)
  sendForm(
    response,
    'Sign in',
    html`<h1>Docent console</h1>
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
<form method="post" action="/console/sign-in">
<label>Staff token <input type="password" name="token" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>
<p class="muted">The token is your own, or what this server was started with as <code>ADMIN_TOKEN</code>, <code>SUPPORT_TOKEN</code> or <code>DOCS_TOKEN</code>: ask whoever runs it. A server without tokens prints a link to sign in when it starts. Visitors need none: <a href="/">to the assistant</a>.</p>`,
  )
}

function sendForm(response: Response, title: string, body: Html): void {
  setConsoleHeaders(response)
  response.send(pageOf({style: 'console.css', title, body: html`<main>${body}</main>`}))
}

/**
 * Headers of every page of the console. With the server's own policy, which names no referrer, a browser would send the
 * forms of a page with `Origin: null`, and over plain HTTP nothing else would say that they are ours.
 */
export function setConsoleHeaders(response: Response): void {
  response.setHeader('cache-control', 'no-store')
  response.setHeader('referrer-policy', 'same-origin')
}

function fieldOf(request: Request, name: string): string | null {
  const value: unknown = (request.body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' && value !== '' ? value : null
}
