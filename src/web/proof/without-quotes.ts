/** A link without what it quotes, as routers of sites take it. See `withQuotes`. */
export function withoutQuotes(href: string): string {
  return href.replace(/:~:.*$/s, '').replace(/#$/, '')
}
