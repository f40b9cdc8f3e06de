import {type Route, routes} from '../../src/http/routes.ts'

/**
 * The addresses that a text names and no route has: `METHOD /path` and `/api/…` wherever they stand, and with
 * `pathsAlone` also code that is nothing but a path, as `/metrics`. Any segment may stand for a parameter; a query is
 * passed over, and so is a path without a method that only begins routes, as `/api/`.
 */
export function unknownRoutesIn(text: string, {pathsAlone = false} = {}): string[] {
  const named = [...text.matchAll(mention)].map(([, method, path]) => ({method, path: path!}))
  if (pathsAlone)
    for (const [, path] of text.matchAll(/`(\/[^`\s]*)`/g)) named.push({method: undefined, path: path!})
  return named
    .map(({method, path}) => ({method, path: path.replace(/[?#].*$/, '').replace(/[.,;:)]+$/, '')}))
    .filter(({method, path}) => !routes.some((route) => isNamed(route, method, path)))
    .map(({method, path}) => (method === undefined ? path : `${method} ${path}`))
}

const mention =
  /(?:\b(GET|HEAD|POST|PUT|PATCH|DELETE) |(?:(?<![\w/-])|(?<=localhost:\d+))(?=\/api\/))(\/[^\s`'"<|]*)/g

function isNamed(route: Route, method: string | undefined, path: string): boolean {
  if (method !== undefined && method !== route.method && !(method === 'HEAD' && route.method === 'GET'))
    return false
  const wanted = route.path.split('/')
  const given = path.replace(/(?<=.)\/$/, '').split('/')
  for (const [n, segment] of wanted.entries()) {
    if (segment.startsWith('*')) return true
    // Where routes begin, without a method.
    if (n === given.length) return method === undefined
    if (!segment.startsWith(':') && segment !== given[n]) return false
  }
  return given.length === wanted.length
}
