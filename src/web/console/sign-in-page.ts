import {html, type TemplateResult} from 'lit'

const linkProblem =
  'This link has been used or has expired. Sign in with a staff token; a server without one prints a new link when it restarts.'

/** The page of somebody who is not signed in. */
export function signInPage(signedIn: () => void): TemplateResult {
  const failed = new URLSearchParams(location.search).get('failed')
  return html`<main class="alone" id="main">
    <div class="card-of-one">
      <h1 tabindex="-1">Docent console</h1>
      <docent-sign-in .problem=${failed === 'link' ? linkProblem : null} @signed-in=${signedIn}></docent-sign-in>
      <p class="quiet">The token is your own, or what this server was started with as <code>ADMIN_TOKEN</code>,
        <code>SUPPORT_TOKEN</code> or <code>DOCS_TOKEN</code>: ask whoever runs it. A server without tokens prints a link to
        sign in when it starts.</p>
      <p class="quiet">Visitors need none: <a href="/">to the assistant</a>.</p>
    </div>
  </main>`
}
