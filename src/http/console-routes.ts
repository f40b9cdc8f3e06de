import type {Response, Router} from 'express'
import {assetAddress} from './assets.ts'
import {html} from './html.ts'
import type {Staff} from './staff/staff.ts'

export interface ConsoleRoutesDeps {
  readonly staff: Staff
  /** Whether the console’s script is served; without it there are no pages, and links still sign in. */
  readonly hasScript: boolean
  /** Hosts whose images answers may show. */
  readonly imageHosts: readonly string[]
}

/**
 * Adds the console of staff: one page for all its addresses, the same for everybody. Its script asks the staff API for
 * whatever it shows.
 */
export function addConsoleRoutes(router: Router, {staff, hasScript, imageHosts}: ConsoleRoutesDeps): void {
  const page = hasScript ? pageFor(imageHosts) : null

  router.get('/console', async (request, response, next) => {
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
    if (page === null) return next()
    response.send(page)
  })

  router.get('/console/*view', (_request, response, next) => {
    if (page === null) return next()
    setConsoleHeaders(response)
    response.send(page)
  })
}

/** An invitation is in the address of a page: no other site may learn it. */
function setConsoleHeaders(response: Response): void {
  response.setHeader('cache-control', 'no-store')
  response.setHeader('referrer-policy', 'same-origin')
}

function pageFor(imageHosts: readonly string[]): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Docent console</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/console.css">
<script src="${assetAddress('docs-first.js')}"></script>
<script type="module" src="/console.js"></script>
</head>
<body>
<docent-console image-hosts="${imageHosts.join(' ')}"><noscript><p>The console needs JavaScript. The same can be done over the staff API, and with <code>docent transcripts</code> on the server.</p></noscript></docent-console>
</body>
</html>
`.html
}
