/**
 * What crawlers may fetch: the pages in all their forms, not what is made for each request, the API or the console.
 * `Content-Signal` and the like are for the owner of a site to say, in a file of their own in front of this server.
 * @see https://www.rfc-editor.org/rfc/rfc9309
 */
export function robotsText(base: string): string {
  return `# The pages of the docs are at /docs/, each also as Markdown. The list of them: ${base}/llms.txt
User-agent: *
Disallow: /docs/search
Disallow: /docs?*ask=
Disallow: /docs/*?*ask=
Disallow: /api/
Disallow: /console
Disallow: /handover/
Allow: /
`
}
